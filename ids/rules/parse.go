package rules

import (
	"slices"
	"strconv"
	"strings"
)

// actions are the words a rule may start with (Suricata's userguide, "Rules Format" and "Config keyword"; Snort's remaining ones
// so that a foreign file is understood and the engine can give its own opinion).
var actions = []string{"alert", "pass", "drop", "reject", "rejectsrc", "rejectdst", "rejectboth", "config", "log", "block", "sdrop"}

// faulty is what is wrong with one rule, before its place is known.
type faulty struct{ what, remedy string }

func wrong(what, remedy string) *faulty { return &faulty{what, remedy} }

// parse reads one rule.
func parse(text string) (Rule, *faulty) {
	r := Rule{ID: ID{GID: 1}}
	if len(text) > maxRule {
		return r, wrong("rule of "+strconv.Itoa(len(text))+" bytes", "split it, or look for a missing line end")
	}
	if strings.ContainsRune(text, 0) {
		return r, wrong("a zero byte in a rule", "write it as |00| inside content, or check that the file is text")
	}
	head, body, ok := strings.Cut(text, "(")
	if !ok {
		return r, wrong("no options in parentheses", "write ACTION PROTOCOL SOURCE PORT -> TARGET PORT (options;), and end a line that goes on with a backslash")
	}
	if f := r.header(head); f != nil {
		return r, f
	}
	body, ok = strings.CutSuffix(body, ")")
	if !ok {
		return r, wrong("the rule does not end with )", "close the options, or end a line that goes on with a backslash")
	}
	if f := r.options(body); f != nil {
		return r, f
	}
	if r.SID == 0 {
		return r, wrong("no sid", "add sid:NUMBER; with a number of its own")
	}
	return r, nil
}

// header reads what stands before the options: seven fields, where a field in brackets may hold blanks.
func (r *Rule) header(head string) *faulty {
	fields, ok := fieldsOf(head)
	if !ok {
		return wrong("unbalanced [ ] in the header", "close every bracket of an address or port list")
	}
	if len(fields) == 0 || !slices.Contains(actions, fields[0]) {
		return wrong("unknown action "+strconv.Quote(first(fields)), "start the rule with one of "+strings.Join(actions, ", "))
	}
	if len(fields) != 7 {
		return wrong("header of "+strconv.Itoa(len(fields))+" fields", "write ACTION PROTOCOL SOURCE PORT -> TARGET PORT before the options")
	}
	r.Action, r.Protocol, r.Source, r.SourcePort = fields[0], fields[1], fields[2], fields[3]
	r.Direction, r.Target, r.TargetPort = fields[4], fields[5], fields[6]
	switch r.Direction {
	case "->", "<-", "<>", "=>":
		return nil
	}
	return wrong("unknown direction "+strconv.Quote(r.Direction), "write -> or <>")
}

func first(fields []string) string {
	if len(fields) == 0 {
		return ""
	}
	return fields[0]
}

// fieldsOf splits at blanks outside brackets.
func fieldsOf(head string) (fields []string, ok bool) {
	depth, start := 0, -1
	for i, c := range head {
		blank := depth == 0 && (c == ' ' || c == '\t')
		switch c {
		case '[':
			depth++
		case ']':
			depth--
		}
		if depth < 0 {
			return nil, false
		}
		if blank && start >= 0 {
			fields, start = append(fields, head[start:i]), -1
		}
		if !blank && start < 0 {
			start = i
		}
	}
	if start >= 0 {
		fields = append(fields, head[start:])
	}
	return fields, depth == 0
}

// options reads name:value; pairs. A semicolon ends an option unless a backslash stands before it, quoted or not: that is how
// Suricata reads them.
func (r *Rule) options(body string) *faulty {
	for body = strings.TrimSpace(body); body != ""; body = strings.TrimSpace(body) {
		end := optionEnd(body)
		if end < 0 {
			return wrong("an option without a semicolon: "+strconv.Quote(clip(body)), "end every option with a semicolon")
		}
		name, value, _ := strings.Cut(body[:end], ":")
		if f := r.option(strings.TrimSpace(name), strings.TrimSpace(value)); f != nil {
			return f
		}
		body = body[end+1:]
	}
	return nil
}

func optionEnd(body string) int {
	for i := 0; i < len(body); i++ {
		if body[i] == ';' && (i == 0 || body[i-1] != '\\') {
			return i
		}
	}
	return -1
}

// option keeps what a run has to know and leaves the rest to the engine.
func (r *Rule) option(name, value string) *faulty {
	switch name {
	case "":
		return wrong("an option without a name", "remove the extra semicolon")
	case "sid":
		return number(name, value, &r.SID)
	case "gid":
		return number(name, value, &r.GID)
	case "rev":
		return number(name, value, &r.Rev)
	case "classtype":
		r.Classtype = value
	case "reference":
		r.References = append(r.References, value)
	case "flow":
		r.Flow = append(r.Flow, list(value)...)
	case "noalert":
		r.Silent = true
	case "flowbits":
		r.Silent = r.Silent || value == "noalert"
	case "metadata":
		for _, entry := range list(value) {
			key, v, _ := strings.Cut(entry, " ")
			r.Metadata = append(r.Metadata, Tag{key, strings.TrimSpace(v)})
		}
	case "msg":
		return r.message(value)
	}
	return nil
}

// message takes quotes and escapes off.
func (r *Rule) message(value string) *faulty {
	if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
		return wrong("msg without quotes: "+strconv.Quote(clip(value)), `write msg:"text"; with \; for a semicolon and \" for a quote`)
	}
	var b strings.Builder
	for i := 1; i < len(value)-1; i++ {
		if value[i] == '\\' && i+1 < len(value)-1 && strings.IndexByte(`";:\`, value[i+1]) >= 0 {
			i++
		}
		b.WriteByte(value[i])
	}
	r.Message = b.String()
	return nil
}

func number(name, value string, into *int64) *faulty {
	n, err := strconv.ParseUint(value, 10, 32)
	if err != nil || n == 0 && name != "rev" {
		return wrong(name+" is "+strconv.Quote(clip(value)), "write a whole number from 1 to 4294967295")
	}
	*into = int64(n)
	return nil
}

// list splits at commas.
func list(value string) []string {
	parts := strings.Split(value, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return slices.DeleteFunc(parts, func(p string) bool { return p == "" })
}

// clip shortens an excerpt for a message.
func clip(s string) string {
	if len(s) <= 40 {
		return s
	}
	return s[:40] + "..."
}
