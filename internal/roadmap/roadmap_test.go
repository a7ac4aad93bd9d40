package roadmap_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/phasekit/scaffold/internal/roadmap"
)

const small = `
title: {en: A plan, id: Rencana}
intro: {en: Do it., id: Kerjakan.}
week: {en: Week, id: Minggu}
labels:
  - {name: reading, color: "5319e7", description: {en: Read, id: Baca}}
stages:
  - title: {en: First, id: Awal}
    description: {en: Look., id: Lihat.}
    weeks:
      - number: 1
        label: reading
        title: {en: Run it, id: Jalankan}
        goal: {en: You know it., id: Anda tahu.}
        tasks:
          - {en: Run it., id: Jalankan.}
          - {en: Stop it., id: Hentikan.}
        done: {en: Done when it runs., id: Selesai bila berjalan.}
  - title: {en: Second, id: Akhir}
    description: {en: Change., id: Ubah.}
    weeks:
      - number: 2
        label: reading
        title: {en: Change it, id: Ubah itu}
        goal: {en: You can., id: Anda bisa.}
        tasks: [{en: Change it., id: Ubah.}]
        done: {en: Done when it changes., id: Selesai bila berubah.}
`

func files(text string) fs.FS {
	return fstest.MapFS{"roadmap/phase-1-crypto.yaml": {Data: []byte(text)}}
}

func load(t *testing.T, lang string) roadmap.Roadmap {
	t.Helper()
	r, err := roadmap.Load(files(small), 1, "crypto", lang)
	if err != nil {
		t.Fatalf("Load(%s) = %v", lang, err)
	}
	return r
}

func TestLoad(t *testing.T) {
	want := roadmap.Roadmap{
		Title: "Rencana", Intro: "Kerjakan.",
		Labels: []roadmap.Label{{Name: "reading", Color: "5319e7", Description: "Baca"}},
		Stages: []roadmap.Stage{
			{Title: "Awal", Description: "Lihat.", Weeks: []roadmap.Week{{
				Number: 1, Name: "Minggu", Title: "Jalankan", Goal: "Anda tahu.",
				Tasks: []string{"Jalankan.", "Hentikan."}, Done: "Selesai bila berjalan.", Label: "reading",
			}}},
			{Title: "Akhir", Description: "Ubah.", Weeks: []roadmap.Week{{
				Number: 2, Name: "Minggu", Title: "Ubah itu", Goal: "Anda bisa.",
				Tasks: []string{"Ubah."}, Done: "Selesai bila berubah.", Label: "reading",
			}}},
		},
	}
	if diff := cmp.Diff(want, load(t, "id")); diff != "" {
		t.Errorf("Load(id) differs (-want +got):\n%s", diff)
	}
}

func TestIssue(t *testing.T) {
	r := load(t, "en")
	title, body := r.Issue(r.Stages[0].Weeks[0])
	if want := "Week 1: Run it"; title != want {
		t.Errorf("title = %q, want %q", title, want)
	}
	want := "You know it.\n\n- [ ] Run it.\n- [ ] Stop it.\n\nDone when it runs.\n"
	if diff := cmp.Diff(want, body); diff != "" {
		t.Errorf("body differs (-want +got):\n%s", diff)
	}
}

func TestChecklist(t *testing.T) {
	title, body := load(t, "en").Checklist()
	if want := "A plan"; title != want {
		t.Errorf("title = %q, want %q", title, want)
	}
	want := `Do it.

## First

Look.

- [ ] **Week 1: Run it.** You know it. Done when it runs.
  - [ ] Run it.
  - [ ] Stop it.

## Second

Change.

- [ ] **Week 2: Change it.** You can. Done when it changes.
  - [ ] Change it.
`
	if diff := cmp.Diff(want, body); diff != "" {
		t.Errorf("body differs (-want +got):\n%s", diff)
	}
}

func TestLoadRefuses(t *testing.T) {
	tests := []struct{ name, old, replacement, want string }{
		{"unknown key", "week: {en: Week, id: Minggu}", "week: {en: Week, id: Minggu}\nweeks: 2", "field weeks not found"},
		{"other language", "{en: Week, id: Minggu}", "{en: Week, id: Minggu, fr: Semaine}", "field fr not found"},
		{"title missing in one language", "title: {en: First, id: Awal}", "title: {en: First}", "stage 1: title is missing in id"},
		{"task missing in one language", "{en: Stop it., id: Hentikan.}", "{id: Hentikan.}", "week 1: task 2 is missing in en"},
		{"done missing", "done: {en: Done when it runs., id: Selesai bila berjalan.}", "done: {}", "week 1: done is missing in en"},
		{"two lines", "goal: {en: You know it.", `goal: {en: "You\nknow it."`, "more than one line"},
		{"blank around", "goal: {en: You know it.", `goal: {en: " You know it."`, "blanks around it"},
		{"no task", "tasks: [{en: Change it., id: Ubah.}]", "tasks: []", "week 2: no task"},
		{"same task", "{en: Stop it., id: Hentikan.}", "{en: Run it., id: Hentikan.}", "task 2 stands twice"},
		{"same title in one language", "title: {en: Change it, id: Ubah itu}", "title: {en: Change it, id: Jalankan}", "week 2: \"Change it\" stands twice"},
		{"same stage", "title: {en: Second, id: Akhir}", "title: {en: First, id: Akhir}", "stage 2: \"First\" stands twice"},
		{"number left out", "number: 2", "number: 3", "week 3 stands at place 2"},
		{"number twice", "number: 2", "number: 1", "week 1 stands at place 2"},
		{"unknown label", "number: 1\n        label: reading", "number: 1\n        label: writing", `there is no label "writing"`},
		{"label without a week", "labels:", "labels:\n  - {name: bug, color: d73a4a, description: {en: B, id: B}}", "label bug is on no week"},
		{"label twice", "stages:", "  - {name: Reading, color: d73a4a, description: {en: B, id: B}}\nstages:", "label Reading stands twice"},
		{"colour with a hash", `"5319e7"`, `"#5319e7"`, "not six hexadecimal digits"},
		{"description of a label too long", "{en: Read, id: Baca}", "{en: Read, id: " + strings.Repeat("x", 101) + "}", "longer than 100 characters"},
		{"stage without weeks", "stages:", "stages:\n  - {title: {en: X, id: X}, description: {en: Y, id: Y}, weeks: []}", "stage 1: no week"},
		{"not YAML", "stages:", "stages: [", "line"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(small, tt.old) {
				t.Fatalf("%q is not in the roadmap", tt.old)
			}
			_, err := roadmap.Load(files(strings.Replace(small, tt.old, tt.replacement, 1)), 1, "crypto", "en")
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Load() = %v, want an error with %q", err, tt.want)
			}
		})
	}
	if _, err := roadmap.Load(files(small), 1, "crypto", "fr"); err == nil || !strings.Contains(err.Error(), `no language "fr"`) {
		t.Errorf("Load(fr) = %v, want an error that names it", err)
	}
	if _, err := roadmap.Load(files(small), 2, "crypto", "en"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Load(phase 2) = %v, want os.ErrNotExist", err)
	}
}
