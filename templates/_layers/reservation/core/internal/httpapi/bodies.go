package httpapi

import (
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/auth"
	"example.com/app/internal/page"
	"example.com/app/internal/reservation"
	"example.com/app/internal/user"
)

// What clients send. The field names are those of api/openapi.yaml.
type (
	registration struct {
		Email    string `json:"email"`
		Name     string `json:"name"`
		Password string `json:"password"`
	}

	credentials struct {
		Email    string `json:"email"`
		Password string `json:"password"`
	}

	refreshRequest struct {
		RefreshToken string `json:"refresh_token"`
	}

	passwordChange struct {
		CurrentPassword string `json:"current_password"`
		NewPassword     string `json:"new_password"`
	}

	accountChange struct {
		Role   *auth.Role `json:"role"`
		Active *bool      `json:"active"`
	}

	roomDetails struct {
		Name        string `json:"name"`
		Description string `json:"description,omitzero"`
		Capacity    int    `json:"capacity"`
	}

	roomChange struct {
		Name        *string `json:"name"`
		Description *string `json:"description"`
		Capacity    *int    `json:"capacity"`
	}

	reservationDetails struct {
		RoomID   uuid.UUID `json:"room_id"`
		Title    string    `json:"title"`
		StartsAt time.Time `json:"starts_at"`
		EndsAt   time.Time `json:"ends_at"`
	}

	reservationChange struct {
		Title    *string    `json:"title"`
		StartsAt *time.Time `json:"starts_at"`
		EndsAt   *time.Time `json:"ends_at"`
	}
)

// What clients get. Ids and times are texts already: encoding/json would take three
// times as long for a list of values that know how to encode themselves.
type (
	tokensBody struct {
		AccessToken  string `json:"access_token"`
		TokenType    string `json:"token_type"`
		ExpiresIn    int    `json:"expires_in"` // seconds, as in RFC 6749
		RefreshToken string `json:"refresh_token"`
	}

	userBody struct {
		ID        string `json:"id"`
		Email     string `json:"email"`
		Name      string `json:"name"`
		Role      string `json:"role"`
		Active    bool   `json:"active"`
		CreatedAt string `json:"created_at"`
		UpdatedAt string `json:"updated_at"`
	}

	roomBody struct {
		ID          string `json:"id"`
		Name        string `json:"name"`
		Description string `json:"description"`
		Capacity    int    `json:"capacity"`
		CreatedAt   string `json:"created_at"`
		UpdatedAt   string `json:"updated_at"`
	}

	reservationBody struct {
		ID          string `json:"id"`
		RoomID      string `json:"room_id"`
		UserID      string `json:"user_id"`
		Title       string `json:"title"`
		StartsAt    string `json:"starts_at"`
		EndsAt      string `json:"ends_at"`
		Status      string `json:"status"`
		CancelledAt string `json:"cancelled_at,omitempty"`
		CreatedAt   string `json:"created_at"`
		UpdatedAt   string `json:"updated_at"`
	}

	listBody[T any] struct {
		Items    []T `json:"items"`
		Total    int `json:"total"`
		Page     int `json:"page"`
		PageSize int `json:"page_size"`
	}

	statusBody struct {
		Status string `json:"status"`
	}
)

func newTokensBody(t user.Tokens) tokensBody {
	return tokensBody{
		AccessToken:  t.Access,
		TokenType:    "Bearer",
		ExpiresIn:    int(t.AccessLife.Seconds()),
		RefreshToken: string(t.Refresh),
	}
}

func newUserBody(u user.User) userBody {
	return userBody{
		ID: u.ID.String(), Email: u.Email, Name: u.Name, Role: string(u.Role), Active: u.Active,
		CreatedAt: moment(u.CreatedAt), UpdatedAt: moment(u.UpdatedAt),
	}
}

func newRoomBody(r reservation.Room) roomBody {
	return roomBody{
		ID: r.ID.String(), Name: r.Name, Description: r.Description, Capacity: r.Capacity,
		CreatedAt: moment(r.CreatedAt), UpdatedAt: moment(r.UpdatedAt),
	}
}

func newReservationBody(r reservation.Reservation) reservationBody {
	body := reservationBody{
		ID: r.ID.String(), RoomID: r.RoomID.String(), UserID: r.UserID.String(), Title: r.Title,
		StartsAt: moment(r.Period.Start), EndsAt: moment(r.Period.End),
		Status:    string(r.Status()),
		CreatedAt: moment(r.CreatedAt), UpdatedAt: moment(r.UpdatedAt),
	}
	if r.CancelledAt != nil {
		body.CancelledAt = moment(*r.CancelledAt)
	}
	return body
}

func moment(t time.Time) string { return t.Format(time.RFC3339Nano) }

func newListBody[T, B any](list page.List[T], r page.Request, body func(T) B) listBody[B] {
	items := make([]B, len(list.Items))
	for i, item := range list.Items {
		items[i] = body(item)
	}
	return listBody[B]{Items: items, Total: list.Total, Page: r.Number, PageSize: r.Size}
}
