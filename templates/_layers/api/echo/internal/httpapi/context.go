package httpapi

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v5"

	"example.com/app/internal/page"
	"example.com/app/internal/problem"
	"example.com/app/internal/request"
	"example.com/app/internal/user"
)

// strictJSON is the binder of every body. Echo's own fills one struct from path,
// query and body, and reads past unknown and repeated fields.
type strictJSON struct{}

var _ echo.Binder = strictJSON{}

func (strictJSON) Bind(c *echo.Context, v any) error { return request.Body(c.Request(), v) }

// clientIP believes X-Forwarded-For as far as trusted proxies wrote it.
func clientIP(trusted []netip.Prefix) (echo.IPExtractor, error) {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect(), nil
	}
	// Echo trusts every address of a private network until told otherwise.
	options := []echo.TrustOption{
		echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false),
	}
	for _, prefix := range trusted {
		_, ipNet, err := net.ParseCIDR(prefix.String())
		if err != nil {
			return nil, fmt.Errorf("set trusted proxies: %w", err)
		}
		options = append(options, echo.TrustIPRange(ipNet))
	}
	return echo.ExtractIPFromXFFHeader(options...), nil
}

func noRoute(*echo.Context) error { return problem.ErrNoRoute }

func noMethod(c *echo.Context) error {
	if allow, ok := c.Get(echo.ContextKeyHeaderAllow).(string); ok {
		// Echo counts OPTIONS in, which no route here answers.
		c.Response().Header().Set("Allow", strings.TrimPrefix(allow, http.MethodOptions+", "))
	}
	return problem.ErrNoMethod
}

func pathID(c *echo.Context) (uuid.UUID, error) { return request.PathID("id", c.Param("id")) }

// target returns which resource is to be changed, and which version of it.
func target(c *echo.Context) (id uuid.UUID, version int, err error) {
	if id, err = pathID(c); err != nil {
		return uuid.Nil, 0, err
	}
	version, err = request.IfMatch(c.Request())
	return id, version, err
}

func answerTokens(c *echo.Context, tokens user.Tokens) error {
	c.Response().Header().Set("Cache-Control", "no-store") // RFC 6749, 5.1
	return c.JSON(http.StatusOK, newTokensBody(tokens))
}

// answerList answers with one page, as r asked for it.
func answerList[T, B any](c *echo.Context, list page.List[T], r page.Request, body func(T) B) error {
	header := c.Response().Header()
	header.Set("Total-Count", strconv.Itoa(list.Total))
	header.Set("Link", page.Links(c.Request().URL, r, list.Total))
	return c.JSON(http.StatusOK, newListBody(list, r, body))
}
