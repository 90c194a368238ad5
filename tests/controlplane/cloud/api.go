package cloud

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Handle adds the cloud's API:
//
//	GET    /pools                        every pool, its instances and what they cost
//	PUT    /pools/NAME                   sets what the body says; a size is reached at once by orders or removals
//	DELETE /pools/NAME                   with all its instances
//	DELETE /pools/NAME/INSTANCE          this one, and the size is one less
//	PUT    /scan                         how often the autoscaler looks: a Go duration, in text; ?first=: from now to the next
//	POST   /pools/NAME/INSTANCE/reclaim  a spot reclaim: after ?notice=2s (the default) it is gone, pods and all
func (c *Cloud) Handle(mux *http.ServeMux) {
	mux.HandleFunc("GET /pools", c.locked(c.list))
	mux.HandleFunc("PUT /pools/{pool}", c.locked(c.put))
	mux.HandleFunc("PUT /scan", c.putScan)
	mux.HandleFunc("DELETE /pools/{pool}", c.locked(c.drop))
	mux.HandleFunc("DELETE /pools/{pool}/{instance}", c.locked(c.dropInstance))
	mux.HandleFunc("POST /pools/{pool}/{instance}/reclaim", c.locked(c.reclaim))
}

func (c *Cloud) locked(handle http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		handle(w, r)
	}
}

type instanceView struct {
	Name    string  `json:"name"`
	State   string  `json:"state"`
	BilledS float64 `json:"billed_s"`
}

type poolView struct {
	Pool
	Instances []instanceView `json:"instances"`
	BilledS   float64        `json:"billed_s"` // of all instances, those that are gone too
	Cost      float64        `json:"cost"`
}

func (c *Cloud) list(w http.ResponseWriter, _ *http.Request) {
	now := time.Now()
	all := map[string]poolView{}
	for name, g := range c.pools {
		view := poolView{Pool: g.Pool, Instances: []instanceView{}}
		billed := g.spent
		for _, i := range g.instances {
			billed += i.billed(now)
			view.Instances = append(view.Instances, instanceView{i.Name, i.State, i.billed(now).Seconds()})
		}
		view.BilledS, view.Cost = billed.Seconds(), billed.Seconds()*g.PricePerS
		all[name] = view
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(all)
}

func (c *Cloud) put(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("pool")
	g := c.pools[name]
	if g == nil {
		g = &group{name: name, Pool: newPool()}
	}
	next, err := g.merged(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := next.validate(name); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
		return
	}
	g.Pool = next
	c.pools[name] = g
	c.note(g, "set", nil, "")
	c.resize(g, "size")
}

// merged is the pool with what the body says; a map or list replaces the one before, and a new minimum raises the size.
func (g *group) merged(r *http.Request) (Pool, error) {
	next := g.Pool
	text, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return next, err
	}
	said := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &said); err != nil {
		return next, err
	}
	for key, field := range map[string]any{"capacity": &next.Capacity, "labels": &next.Labels,
		"annotations": &next.Annotations, "taints": &next.Taints} {
		if _, found := said[key]; found {
			reflect.ValueOf(field).Elem().SetZero() // else a map would be merged into
		}
	}
	strict := json.NewDecoder(bytes.NewReader(text))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&next); err != nil {
		return next, err
	}
	if _, sized := said["size"]; !sized {
		next.Size = max(next.Size, next.Min)
	}
	return next, nil
}

func (c *Cloud) putScan(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(io.LimitReader(r.Body, 64))
	scan := time.Duration(0)
	if err == nil {
		scan, err = time.ParseDuration(strings.TrimSpace(string(text)))
	}
	first := scan
	if said := r.URL.Query().Get("first"); err == nil && said != "" {
		first, err = time.ParseDuration(said)
	}
	if err == nil && (scan <= 0 || first < 0) {
		err = fmt.Errorf("%q is no interval", text)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c.scans <- scans{first, scan}
}

func (c *Cloud) drop(w http.ResponseWriter, r *http.Request) {
	g := c.pools[r.PathValue("pool")]
	if g == nil {
		http.NotFound(w, r)
		return
	}
	for _, i := range slices.Clone(g.instances) {
		c.remove(i)
	}
	g.Size = 0
	delete(c.pools, g.name)
	c.note(g, "set", nil, "deleted")
}

func (c *Cloud) find(w http.ResponseWriter, r *http.Request) *instance {
	if g := c.pools[r.PathValue("pool")]; g != nil {
		for _, i := range g.instances {
			if i.Name == r.PathValue("instance") && i.State != marked {
				return i
			}
		}
	}
	http.NotFound(w, r)
	return nil
}

func (c *Cloud) dropInstance(w http.ResponseWriter, r *http.Request) {
	i := c.find(w, r)
	if i == nil {
		return
	}
	if i.pool.Size <= i.pool.Min {
		http.Error(w, fmt.Sprintf("pool %s is at its minimum of %d", i.pool.name, i.pool.Min), http.StatusConflict)
		return
	}
	i.pool.Size--
	c.mark(i, "asked")
}

func (c *Cloud) reclaim(w http.ResponseWriter, r *http.Request) {
	i := c.find(w, r)
	if i == nil {
		return
	}
	notice := 2 * time.Second
	if text := r.URL.Query().Get("notice"); text != "" {
		var err error
		if notice, err = time.ParseDuration(text); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	i.pool.Size = max(i.pool.Min, i.pool.Size-1)
	i.State = marked
	c.note(i.pool, "reclaimed", i, "")
	go c.taint(i.Name, reclaimTaint, true)
	c.after(notice, i, func() { c.remove(i) })
}
