package httpapi

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/app/internal/auth"
	"example.com/app/internal/user"
)

func (s *server) register(c *gin.Context) {
	var body registration
	if err := c.ShouldBindWith(&body, strictJSON{}); err != nil {
		fail(c, err)
		return
	}
	u, err := s.Users.Register(c.Request.Context(), user.Registration(body))
	if err != nil {
		fail(c, err)
		return
	}
	c.JSON(http.StatusCreated, newUserBody(u))
}

func (s *server) logIn(c *gin.Context) {
	var body credentials
	if err := c.ShouldBindWith(&body, strictJSON{}); err != nil {
		fail(c, err)
		return
	}
	if err := s.Limits.takeLogIn(c.Request.Context(), c.Writer.Header(), body.Email); err != nil {
		fail(c, err)
		return
	}
	tokens, err := s.Users.LogIn(c.Request.Context(), body.Email, body.Password)
	if err != nil {
		fail(c, err)
		return
	}
	answerTokens(c, tokens)
}

func (s *server) refresh(c *gin.Context) {
	var body refreshRequest
	if err := c.ShouldBindWith(&body, strictJSON{}); err != nil {
		fail(c, err)
		return
	}
	tokens, err := s.Users.Refresh(c.Request.Context(), auth.RefreshToken(body.RefreshToken))
	if err != nil {
		fail(c, err)
		return
	}
	answerTokens(c, tokens)
}

func (s *server) logOut(c *gin.Context) {
	var body refreshRequest
	if err := c.ShouldBindWith(&body, strictJSON{}); err != nil {
		fail(c, err)
		return
	}
	if err := s.Users.LogOut(c.Request.Context(), auth.RefreshToken(body.RefreshToken)); err != nil {
		fail(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}

func (s *server) logOutEverywhere(c *gin.Context) {
	if err := s.Users.LogOutEverywhere(c.Request.Context(), actorOf(c)); err != nil {
		fail(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}
