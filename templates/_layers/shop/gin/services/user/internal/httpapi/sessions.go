package httpapi

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/app/internal/auth"
	"example.com/app/platform/web"
	"example.com/app/services/user/internal/account"
)

func (s *server) register(c *gin.Context) {
	var body registration
	if err := web.Body(c, &body); err != nil {
		web.Fail(c, err)
		return
	}
	a, err := s.Accounts.Register(c.Request.Context(), account.Registration(body))
	if err != nil {
		web.Fail(c, err)
		return
	}
	c.JSON(http.StatusCreated, newAccountBody(a))
}

func (s *server) logIn(c *gin.Context) {
	var body credentials
	if err := web.Body(c, &body); err != nil {
		web.Fail(c, err)
		return
	}
	tokens, err := s.Accounts.LogIn(c.Request.Context(), body.Email, body.Password)
	if err != nil {
		web.Fail(c, err)
		return
	}
	answerTokens(c, tokens)
}

func (s *server) refresh(c *gin.Context) {
	var body refreshRequest
	if err := web.Body(c, &body); err != nil {
		web.Fail(c, err)
		return
	}
	tokens, err := s.Accounts.Refresh(c.Request.Context(), auth.RefreshToken(body.RefreshToken))
	if err != nil {
		web.Fail(c, err)
		return
	}
	answerTokens(c, tokens)
}

func (s *server) logOut(c *gin.Context) {
	var body refreshRequest
	if err := web.Body(c, &body); err != nil {
		web.Fail(c, err)
		return
	}
	if err := s.Accounts.LogOut(c.Request.Context(), auth.RefreshToken(body.RefreshToken)); err != nil {
		web.Fail(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}

func answerTokens(c *gin.Context, tokens account.Tokens) {
	c.Header("Cache-Control", "no-store") // RFC 6749, 5.1
	c.JSON(http.StatusOK, newTokensBody(tokens))
}
