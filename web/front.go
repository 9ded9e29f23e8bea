package web

import "net/http"

// frontPage is where whoever types the service's name arrives, and where a wrong address leads.
type frontPage struct {
	frame
	Lost                       bool // the address that was asked for is none
	Lookup, Published, Console bool // what is served here
}

// showFront answers at "/".
func (a *api) showFront(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "public, max-age=60")
	a.front(w, r, http.StatusOK, frontPage{frame: a.frame("Phản ánh, kiến nghị của người dân")})
}

// orFront answers a person who asks for an address that is none; whatever else the mux has no
// handler for, it answers itself.
func (a *api) orFront(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" || r.Method != http.MethodGet && r.Method != http.MethodHead {
			mux.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		a.front(w, r, http.StatusNotFound, frontPage{frame: a.frame("Không có trang này"), Lost: true})
	})
}

func (a *api) front(w http.ResponseWriter, r *http.Request, status int, page frontPage) {
	page.Lookup, page.Published, page.Console = a.Lookups != nil, a.Published != nil, a.Console != nil
	a.render(w, r, status, a.pages.front, page)
}
