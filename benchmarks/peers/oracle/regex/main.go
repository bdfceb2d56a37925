// Command regex compares the regular expressions of regex_tokenizer with those of
// the JVM: random patterns and texts, hostile ones among them. It needs nothing
// but JDK 17.
//
//	go run ./benchmarks/peers/oracle/regex -patterns 2000 -seed 1
//
// It prints the differences, and the longest time of both sides. With -write it
// prints the JVM's answers in the form of javatext's testdata/regex.txt instead.
package main

import (
	"bufio"
	"bytes"
	_ "embed"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"leapscore/ops"
)

//go:embed JavaRegex.java
var program []byte

var (
	patterns = flag.Int("patterns", 1000, "how many patterns")
	texts    = flag.Int("texts", 5, "how many texts for each")
	seed     = flag.Uint64("seed", 1, "of the random numbers")
	hostile  = flag.Bool("hostile", false, "texts of many equal pieces")
	length   = flag.Int("length", 30, "of hostile texts, about")
	limit    = flag.Int("limit", 2000, "milliseconds that the JVM gets for a text")
	write    = flag.Bool("write", false, "print the answers of the JVM")
)

func main() {
	log.SetFlags(0)
	flag.Parse()
	answers, err := ask(input(flag.Args()))
	if err != nil {
		log.Fatal(err)
	}
	if *write {
		fmt.Println("# p is a pattern, ! a pattern that does not compile. Of a text there are all matches and the pieces of its split.")
	}
	var c comparison
	lines := bufio.NewScanner(bytes.NewReader(answers))
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		if *write {
			keep(lines.Text())
		} else {
			c.line(lines.Text())
		}
	}
	if !*write {
		c.sumUp()
	}
}

// input writes the questions: random ones, or those of files.
func input(files []string) []byte {
	var b bytes.Buffer
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			log.Fatal(err)
		}
		b.Write(text)
	}
	if len(files) > 0 {
		return b.Bytes()
	}
	g := generator{Rand: rand.New(rand.NewPCG(*seed, 0))}
	for range *patterns {
		fmt.Fprintf(&b, "p %s\n", quote(g.pattern()))
		for range *texts {
			text := g.text()
			if *hostile {
				text = g.hostile()
			}
			fmt.Fprintf(&b, "  %s\n", quote(text))
		}
	}
	return b.Bytes()
}

func ask(questions []byte) ([]byte, error) {
	dir, err := os.MkdirTemp("", "regex")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "JavaRegex.java")
	if err := os.WriteFile(file, program, 0o600); err != nil {
		return nil, err
	}
	java := exec.Command("java", file, strconv.Itoa(*limit))
	java.Stdin, java.Stderr = bytes.NewReader(questions), os.Stderr
	return java.Output()
}

// keep prints an answer that can be asked for again.
func keep(line string) {
	line, _, _ = strings.Cut(line, "\t")
	if strings.HasPrefix(line, "?") || strings.HasSuffix(line, " slow") || strings.Contains(line, `" throws `) {
		return
	}
	fmt.Println(line)
}

type comparison struct {
	re                            *matcher
	known                         bool // the pattern can be run here
	same, differ, cut             int
	unsupported, refused, tooLong int
	slow, threw, answered         int
	most                          time.Duration
	mostOn                        string
	javaMost                      int
}

func (c *comparison) line(line string) {
	kind, rest := line[:2], line[2:]
	switch kind {
	case "p ", "! ", "? ":
		c.pattern(kind, unquote(rest))
	default:
		if c.known {
			c.text(rest)
		}
	}
}

func (c *comparison) pattern(kind, pattern string) {
	re, err := compile(pattern)
	c.re, c.known = re, err == nil && kind == "p "
	switch {
	case err != nil && strings.Contains(err.Error(), "not supported"):
		c.unsupported++
	case (err == nil) != (kind == "p "):
		c.differ++
		fmt.Printf("%s%s: %v\n", kind, quote(pattern), err)
	case err != nil:
		c.refused++
	}
}

func (c *comparison) text(rest string) {
	rest, micros, _ := strings.Cut(rest, "\t")
	quoted, _ := strconv.QuotedPrefix(rest)
	want := rest[len(quoted)+1:]
	us, _ := strconv.Atoi(micros)
	start := time.Now()
	got, refused, err := c.re.answer(unquote(quoted))
	if took := time.Since(start); took > c.most {
		c.most, c.mostOn = took, fmt.Sprintf("%s %s", quote(c.re.pattern), quoted)
	}
	switch {
	case want == "slow" || strings.HasPrefix(want, "throws "):
		c.slow += b2i(want == "slow")
		c.threw += b2i(want != "slow")
		c.answered += b2i(got != "")
		if got == "" {
			fmt.Printf("%s %s: JVM: %s, here: %v\n", quote(c.re.pattern), quoted, want, refused.Code)
		}
		return
	case refused.Code == ops.Invalid && strings.Contains(want, `\ud`):
		c.cut++
	case got == want && err == nil:
		c.same++
	default:
		c.tooLong += b2i(refused.Code == ops.StepLimit)
		c.differ++
		fmt.Printf("%s %s\n  got  %s %v\n  want %s (%d us)\n", quote(c.re.pattern), quoted, got, refused.Msg, want, us)
	}
	c.javaMost = max(c.javaMost, us)
}

func (c *comparison) sumUp() {
	fmt.Printf("same %d, differ %d (too long %d), half a pair in both %d, patterns not supported %d, refused by both %d\n",
		c.same, c.differ, c.tooLong, c.cut, c.unsupported, c.refused)
	fmt.Printf("the JVM: slow %d, threw %d, of these answered here %d; its longest answer %d us\n", c.slow, c.threw, c.answered, c.javaMost)
	fmt.Printf("longest here: %v: %s\n", c.most, c.mostOn)
	if c.differ > 0 {
		os.Exit(1)
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// quote is that of JavaRegex.java.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case 0x20 <= r && r < 0x7f:
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String() + `"`
}

func unquote(quoted string) string {
	s, err := strconv.Unquote(quoted)
	if err != nil {
		log.Fatalf("%s: %v", quoted, err)
	}
	return s
}
