package httpapi

// sendsMail reports whether a request of the route makes a change that an e-mail tells
// about.
func sendsMail(route string) bool {
	switch route {
	case "POST /v1/reservations", "PATCH /v1/reservations/:id", "POST /v1/reservations/:id/cancel":
		return true
	default:
		return false
	}
}
