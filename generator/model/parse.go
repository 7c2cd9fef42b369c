package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/evilbench/evilbench/generator/fault"
)

// maxBytes bounds a model file: that of two million flows has 90 MB.
const maxBytes = 256 << 20

// Load reads a built-in model by name, or a model file by path.
func Load(nameOrPath string) (*Model, error) {
	for _, n := range BuiltinNames {
		if n == nameOrPath {
			return Builtin(n)
		}
	}
	f, err := os.Stat(nameOrPath)
	if err != nil {
		return nil, fmt.Errorf("model %s: neither a built-in model (%s) nor a readable file: %w", nameOrPath, strings.Join(BuiltinNames, ", "), err)
	}
	if f.Size() > maxBytes {
		return nil, fmt.Errorf("model %s: %d bytes, more than the limit of %d", nameOrPath, f.Size(), maxBytes)
	}
	data, err := os.ReadFile(nameOrPath)
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	return Parse(nameOrPath, data)
}

// Parse reads a model and checks it. The error is a [*fault.Error] that names every fault with its JSON pointer, line and column; a
// document that cannot be decoded has one fault.
func Parse(name string, data []byte) (*Model, error) {
	if len(data) > maxBytes {
		return nil, &fault.Error{File: name, Faults: []fault.Fault{{Message: fmt.Sprintf("%d bytes, more than the limit of %d", len(data), maxBytes)}}}
	}
	m := new(Model)
	if err := json.Unmarshal(data, m, json.RejectUnknownMembers(true)); err != nil {
		return nil, fault.New(name, data, []fault.Fault{undecodable(data, err)})
	}
	faults := check(m)
	if len(faults) == 0 {
		return m, nil
	}
	locate(data, faults)
	return nil, fault.New(name, data, faults)
}

// Encode writes the canonical form: indented JSON in the order of the fields, lists of numbers on a line each. Parsing it gives an equal model.
func (m *Model) Encode() ([]byte, error) {
	var b bytes.Buffer
	e := stdjson.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(m); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	return compact(b.Bytes()), nil
}

// Digest is "sha256:" and the hexadecimal SHA-256 of the canonical form, so spacing and order of keys do not change it.
func (m *Model) Digest() (string, error) {
	b, err := m.Encode()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// undecodable turns the decoder's error into a fault with a place.
func undecodable(data []byte, err error) fault.Fault {
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		f := fault.Fault{Path: string(syntax.JSONPointer), Message: "not JSON: " + syntax.Err.Error()}
		f.Line, f.Column = place(data, syntax.ByteOffset)
		return f
	}
	var semantic *json.SemanticError
	if !errors.As(err, &semantic) {
		return fault.Fault{Message: err.Error()}
	}
	path := string(semantic.JSONPointer)
	f := fault.Fault{Path: path}
	f.Line, f.Column = place(data, semantic.ByteOffset)
	switch {
	case errors.Is(err, json.ErrUnknownName):
		f.Message = "unknown member " + semantic.JSONPointer.LastToken()
		f.Remedy = fault.Suggest(semantic.JSONPointer.LastToken(), members(semantic.GoType))
	case semantic.Err != nil:
		f.Message = semantic.Err.Error()
	default:
		f.Message = fmt.Sprintf("a JSON %s does not fit here", semantic.JSONKind)
	}
	pointed := []fault.Fault{f}
	locate(data, pointed)
	return pointed[0]
}

// members lists the JSON members of a struct.
func members(t reflect.Type) []string {
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	var out []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		out = append(out, name)
	}
	return out
}

// locate finds lines and columns of the faults' JSON pointers. A pointer to a member that is not there is placed at the nearest
// value around it.
func locate(data []byte, faults []fault.Fault) {
	wanted := map[string][]int{}
	best := make([]int, len(faults)) // length of the pointer found so far
	for i, f := range faults {
		best[i] = -1
		for p := f.Path; ; p = p[:strings.LastIndexByte(p, '/')] {
			wanted[p] = append(wanted[p], i)
			if !strings.Contains(p, "/") {
				break
			}
		}
	}
	d := jsontext.NewDecoder(bytes.NewReader(data))
	for {
		d.PeekKind()
		start := d.InputOffset()
		if _, err := d.ReadToken(); err != nil {
			return
		}
		p := string(d.StackPointer())
		for _, i := range wanted[p] {
			if len(p) > best[i] {
				best[i] = len(p)
				faults[i].Line, faults[i].Column = place(data, skip(data, start))
			}
		}
	}
}

// skip passes over what may stand between two JSON tokens.
func skip(data []byte, offset int64) int64 {
	for offset < int64(len(data)) && strings.IndexByte(" \t\r\n,:", data[offset]) >= 0 {
		offset++
	}
	return offset
}

// place turns a byte offset into line and column.
func place(data []byte, offset int64) (line, column int) {
	head := data[:min(offset, int64(len(data)))]
	return bytes.Count(head, []byte("\n")) + 1, utf8.RuneCount(head[bytes.LastIndexByte(head, '\n')+1:]) + 1
}
