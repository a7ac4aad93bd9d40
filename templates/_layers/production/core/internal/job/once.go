package job

import (
	"context"

	"github.com/google/uuid"
)

// Inbox remembers which jobs were done, so that one that is handed out twice is
// done once.
type Inbox interface {
	// Once calls do and remembers the job for the group if do returns nil. If the
	// group has done the job before, it returns nil without a call. While one call
	// is under way, another one for the same job waits for it.
	//
	// An inbox may hold a connection to its database while do runs. So do must not
	// need one from the same pool: with as many jobs in hand as there are
	// connections, all would wait for each other.
	//
	// What do brings about outside the database cannot be undone: if the process
	// dies after do and before its end is on record, do is called again.
	Once(ctx context.Context, group string, id uuid.UUID, do func(context.Context) error) error
}
