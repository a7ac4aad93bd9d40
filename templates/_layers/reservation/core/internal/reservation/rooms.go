package reservation

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"example.com/app/internal/auth"
	"example.com/app/internal/field"
	"example.com/app/internal/page"
)

// RoomDetails is what an admin says about a room.
type RoomDetails struct {
	Name        string
	Description string
	Capacity    int
}

func (d RoomDetails) check() error {
	const maxCapacity = 1000
	var errs field.Errors
	errs.Text("name", d.Name, 1, 100)
	errs.Text("description", d.Description, 0, 1000)
	if d.Capacity < 1 || d.Capacity > maxCapacity {
		errs.Add("capacity", "must be from 1 to %d", maxCapacity)
	}
	return errs.Err()
}

// RoomChange is what an admin changes about a room. Nil fields stay.
type RoomChange struct {
	Name        *string
	Description *string
	Capacity    *int
}

func (c RoomChange) apply(d RoomDetails) RoomDetails {
	if c.Name != nil {
		d.Name = *c.Name
	}
	if c.Description != nil {
		d.Description = *c.Description
	}
	if c.Capacity != nil {
		d.Capacity = *c.Capacity
	}
	return d
}

// CreateRoom returns field.Errors or ErrNameTaken.
func (s *Service) CreateRoom(ctx context.Context, actor auth.Actor, d RoomDetails) (Room, error) {
	if _, err := s.Policy.Scope(actor, auth.ManageRooms); err != nil {
		return Room{}, err
	}
	if err := d.check(); err != nil {
		return Room{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Room{}, fmt.Errorf("make room id: %w", err)
	}
	now := s.now()
	room := Room{
		ID: id, Name: d.Name, Description: d.Description, Capacity: d.Capacity,
		Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	if err := s.Store.CreateRoom(ctx, room); err != nil {
		return Room{}, err
	}
	return room, nil
}

// Room returns a room, or ErrRoomNotFound.
func (s *Service) Room(ctx context.Context, actor auth.Actor, id uuid.UUID) (Room, error) {
	if _, err := s.Policy.Scope(actor, auth.ReadRooms); err != nil {
		return Room{}, err
	}
	return s.Store.Room(ctx, id)
}

// Rooms returns one page of the rooms that q selects.
func (s *Service) Rooms(ctx context.Context, actor auth.Actor, q RoomQuery) (page.List[Room], error) {
	if _, err := s.Policy.Scope(actor, auth.ReadRooms); err != nil {
		return page.List[Room]{}, err
	}
	return s.Store.Rooms(ctx, q)
}

// ReplaceRoom stores d if the room has the version given. It returns
// ErrRoomNotFound, ErrStale, field.Errors or ErrNameTaken.
func (s *Service) ReplaceRoom(ctx context.Context, actor auth.Actor, id uuid.UUID, version int, d RoomDetails) (Room, error) {
	return s.updateRoom(ctx, actor, id, version, func(RoomDetails) RoomDetails { return d })
}

// PatchRoom stores what c changes if the room has the version given. It returns
// what ReplaceRoom does.
func (s *Service) PatchRoom(ctx context.Context, actor auth.Actor, id uuid.UUID, version int, c RoomChange) (Room, error) {
	return s.updateRoom(ctx, actor, id, version, c.apply)
}

func (s *Service) updateRoom(ctx context.Context, actor auth.Actor, id uuid.UUID, version int, change func(RoomDetails) RoomDetails) (Room, error) {
	room, err := s.managedRoom(ctx, actor, id, version)
	if err != nil {
		return Room{}, err
	}
	d := change(RoomDetails{Name: room.Name, Description: room.Description, Capacity: room.Capacity})
	if err := d.check(); err != nil {
		return Room{}, err
	}
	room.Name, room.Description, room.Capacity = d.Name, d.Description, d.Capacity
	room.UpdatedAt = s.now()
	return s.Store.UpdateRoom(ctx, room)
}

// DeleteRoom deletes the room if it has the version given. It returns
// ErrRoomNotFound, ErrStale, or ErrRoomInUse once somebody reserved it.
func (s *Service) DeleteRoom(ctx context.Context, actor auth.Actor, id uuid.UUID, version int) error {
	room, err := s.managedRoom(ctx, actor, id, version)
	if err != nil {
		return err
	}
	return s.Store.DeleteRoom(ctx, id, room.Version)
}

func (s *Service) managedRoom(ctx context.Context, actor auth.Actor, id uuid.UUID, version int) (Room, error) {
	if _, err := s.Policy.Scope(actor, auth.ManageRooms); err != nil {
		return Room{}, err
	}
	room, err := s.Store.Room(ctx, id)
	if err != nil {
		return Room{}, err
	}
	if version != AnyVersion && version != room.Version {
		return Room{}, ErrStale
	}
	return room, nil
}
