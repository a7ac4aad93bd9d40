package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
)

type chargeRequest struct {
	Amount    int64  `json:"amount"` // in the currency's minor unit
	Currency  string `json:"currency"`
	Method    string `json:"method"`
	NotifyURL string `json:"notify_url"`
}

type answer struct {
	Status  Status `json:"status,omitempty"`
	Message string `json:"message,omitempty"`
}

// Handler serves the provider's API:
//
//	POST /charges               with Idempotency-Key; 202: what becomes of it is notified
//	POST /charges/{key}/refund
//	GET  /charges               the ledger
func (s *Sandbox) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /charges", s.postCharge)
	mux.HandleFunc("POST /charges/{key}/refund", func(w http.ResponseWriter, r *http.Request) {
		s.refund(r.PathValue("key"))
		write(w, http.StatusOK, answer{Status: Refunded})
	})
	mux.HandleFunc("GET /charges", func(w http.ResponseWriter, _ *http.Request) { write(w, http.StatusOK, s.Ledger()) })
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { write(w, http.StatusOK, answer{}) })
	return mux
}

func (s *Sandbox) postCharge(w http.ResponseWriter, r *http.Request) {
	const longest = 64 << 10
	var asked chargeRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, longest)).Decode(&asked); err != nil {
		write(w, http.StatusBadRequest, answer{Message: "the body is no charge"})
		return
	}
	key := r.Header.Get("Idempotency-Key")
	switch notify, err := url.Parse(asked.NotifyURL); {
	case key == "":
		write(w, http.StatusBadRequest, answer{Message: "Idempotency-Key is missing"})
		return
	case asked.Amount < 1 || len(asked.Currency) != 3 || !known(asked.Method):
		write(w, http.StatusUnprocessableEntity, answer{Message: "amount, currency or method is not accepted"})
		return
	case err != nil || notify.Host == "":
		write(w, http.StatusUnprocessableEntity, answer{Message: "notify_url is no URL"})
		return
	}
	_, ok := s.charge(Charge{
		Key: key, Amount: asked.Amount, Currency: asked.Currency, Method: asked.Method, notifyURL: asked.NotifyURL,
	})
	if !ok {
		write(w, http.StatusConflict, answer{Message: "Idempotency-Key was used for another charge"})
		return
	}
	write(w, http.StatusAccepted, answer{Status: Pending})
}

func known(method string) bool {
	switch method {
	case Card, CardDeclined, CardSilent, CardLate, CardTwice:
		return true
	default:
		return false
	}
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // fails when nobody reads it any more
}
