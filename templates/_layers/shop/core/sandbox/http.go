package sandbox

import (
	"crypto/subtle"
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

// Handler serves the provider's API, to whoever has the key:
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
	all := http.NewServeMux()
	all.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { write(w, http.StatusOK, answer{}) })
	all.Handle("/", s.known(mux))
	return all
}

// known turns away whoever has not the key.
func (s *Sandbox) known(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		want := []byte("Bearer " + string(s.Key))
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), want) != 1 {
			write(w, http.StatusUnauthorized, answer{Message: "the key is not known here"})
			return
		}
		next.ServeHTTP(w, r)
	})
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
	case asked.Amount < 1 || len(asked.Currency) != 3 || !accepted(asked.Method):
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

func accepted(method string) bool {
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
