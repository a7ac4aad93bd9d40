package events

import "github.com/google/uuid"

// UserRegisteredV1 is the type of UserRegistered.
const UserRegisteredV1 = "user.registered.v1"

// UserRegistered says that there is a new account. E-mail addresses do not leave the
// user service.
type UserRegistered struct {
	UserID uuid.UUID `json:"user_id"`
	Name   string    `json:"name"`
}
