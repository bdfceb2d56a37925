package bundle

import "errors"

// parseModelJSON reads a model.json.
func parseModelJSON(data []byte, lim Limits) (Model, error) {
	r := &jsonReader{data: data, values: lim.Values}
	m, err := r.model()
	if err = r.finish(err); err != nil {
		return Model{}, err
	}
	if m.Attrs == nil {
		return Model{}, errNoAttributes
	}
	m.cost = lim.Values - r.values
	return m, nil
}

// finish checks that the file ends here and returns the error that counts.
func (r *jsonReader) finish(err error) error {
	r.end()
	if r.err != nil {
		return r.err
	}
	return err
}

// model reads a model. Attributes may be missing: that is an error only where
// the model is used.
func (r *jsonReader) model() (Model, error) {
	r.charge(compoundCost)
	var need members
	var m Model
	err := r.object(func(key []byte) (err error) {
		switch string(key) {
		case "op":
			need.see(0)
			m.Op, err = r.text()
		case "attributes":
			if r.next() == 'n' {
				r.literal("null")
				m.Attrs = nil
				return nil
			}
			m.Attrs, err = r.attributes()
		default:
			r.skip()
		}
		return err
	})
	return m, need.orMissing(err, "op")
}

func (r *jsonReader) attributes() (*Attrs, error) {
	values := make(map[string]Value)
	err := r.object(func(key []byte) error {
		name := javaText(key)
		v, err := r.value()
		values[name] = v
		return err
	})
	return NewAttrs(values), err
}

// nodeFile is the content of a node file.
type nodeFile struct {
	Name            string
	Inputs, Outputs []Socket
}

// parseNodeJSON reads a node.json.
func parseNodeJSON(data []byte, lim Limits) (nodeFile, error) {
	r := &jsonReader{data: data, values: lim.Values}
	var need members
	var n nodeFile
	err := r.object(func(key []byte) (err error) {
		switch string(key) {
		case "name":
			need.see(0)
			n.Name, err = r.text()
		case "shape":
			need.see(1)
			n.Inputs, n.Outputs, err = r.nodeShape()
		default:
			r.skip()
		}
		return err
	})
	if err = r.finish(need.orMissing(err, "name", "shape")); err != nil {
		return nodeFile{}, err
	}
	return n, nil
}

func (r *jsonReader) nodeShape() (in, out []Socket, err error) {
	var need members
	err = r.object(func(key []byte) (err error) {
		switch string(key) {
		case "inputs":
			need.see(0)
			in, err = compounds(r, r.socket)
		case "outputs":
			need.see(1)
			out, err = compounds(r, r.socket)
		default:
			r.skip()
		}
		return err
	})
	return in, out, need.orMissing(err, "inputs", "outputs")
}

func (r *jsonReader) socket() (Socket, error) {
	r.charge(compoundCost)
	var need members
	var s Socket
	err := r.object(func(key []byte) (err error) {
		switch string(key) {
		case "port":
			need.see(0)
			s.Port, err = r.text()
		case "name":
			need.see(1)
			s.Name, err = r.text()
		default:
			r.skip()
		}
		return err
	})
	return s, need.orMissing(err, "port", "name")
}

// info is the content of bundle.json.
type info struct {
	UID, Name, Version, Format, Timestamp string
}

// parseInfo reads a bundle.json, which is JSON in all bundles.
func parseInfo(data []byte, lim Limits) (info, error) {
	r := &jsonReader{data: data, values: lim.Values}
	var need members
	var b info
	err := r.object(func(key []byte) (err error) {
		for i, f := range []*string{&b.UID, &b.Name, &b.Format, &b.Version, &b.Timestamp} {
			if string(key) == infoNames[i] {
				need.see(i)
				*f, err = r.text()
				return err
			}
		}
		if string(key) == "meta" && r.next() != 'n' {
			_, err = r.attributes()
			return err
		}
		r.skip()
		return nil
	})
	if err = r.finish(need.orMissing(err, infoNames...)); err != nil {
		return info{}, err
	}
	if err := checkUUID(b.UID); err != nil {
		return info{}, &pathError{"uid", err}
	}
	if err := checkFormat(b.Format); err != nil {
		return info{}, &pathError{"format", err}
	}
	return b, nil
}

var infoNames = []string{"uid", "name", "format", "version", "timestamp"}

var errNoAttributes = errors.New("attributes: missing (a model without attributes has an empty object there)")
