package memory

import (
	"time"

	"github.com/google/uuid"

	"example.com/app/internal/reservation"
)

// SampleRooms returns rooms of a co-working space, so that a start without a
// database has something to show. Their ids are the same every time.
func SampleRooms(now time.Time) []reservation.Room {
	rooms := []reservation.Room{
		{Name: "Atrium", Capacity: 40, Description: "Bright hall on the ground floor for talks and workshops, with a stage, a projector and a sound system."},
		{Name: "Boardroom", Capacity: 12, Description: "Long table, video conferencing and a whiteboard wall. Quiet, at the end of the corridor."},
		{Name: "Focus Booth", Capacity: 1, Description: "Soundproof booth for calls and interviews, with a monitor."},
		{Name: "Garden Room", Capacity: 8, Description: "Meeting room with a view of the garden, a whiteboard and a coffee machine."},
		{Name: "Studio", Capacity: 4, Description: "Small recording studio for podcasts, with microphones, lights and a green screen."},
	}
	for i := range rooms {
		rooms[i].ID = uuid.NewSHA1(uuid.NameSpaceOID, []byte(rooms[i].Name))
		rooms[i].Version = 1
		rooms[i].CreatedAt = now
		rooms[i].UpdatedAt = now
	}
	return rooms
}
