package auth

// Everything that the services do for an actor.
const (
	ReadRooms          Action = "rooms:read"
	ManageRooms        Action = "rooms:manage" // create, change, delete
	CreateReservations Action = "reservations:create"
	ReadReservations   Action = "reservations:read"
	ChangeReservations Action = "reservations:change" // reschedule, cancel
	UseAccount         Action = "account:use"         // read it, change its password, log out everywhere
	ManageAccounts     Action = "accounts:manage"     // read, change roles, deactivate
)

// NewPolicy is the whole policy. The README shows the same table.
func NewPolicy() Policy {
	return Policy{
		//                   guest  user  admin
		ReadRooms:          {Any, Any, Any},
		ManageRooms:        {None, None, Any},
		CreateReservations: {None, Own, Own},
		ReadReservations:   {None, Own, Any},
		ChangeReservations: {None, Own, Any},
		UseAccount:         {None, Own, Own},
		ManageAccounts:     {None, None, Any},
	}
}
