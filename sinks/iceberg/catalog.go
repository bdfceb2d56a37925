package iceberg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/apache/iceberg-go/table"
	"github.com/google/uuid"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// A SQL catalog is a database with these tables, as the SQL catalogs of Iceberg's
// Java, Python, Go and Rust libraries have them.
var catalogTables = []string{
	`CREATE TABLE IF NOT EXISTS iceberg_tables (
		catalog_name VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT NULL, table_name VARCHAR(255) NOT NULL,
		metadata_location VARCHAR(1000), previous_metadata_location VARCHAR(1000), iceberg_type VARCHAR(5),
		PRIMARY KEY (catalog_name, table_namespace, table_name))`,
	`CREATE TABLE IF NOT EXISTS iceberg_namespace_properties (
		catalog_name VARCHAR(255) NOT NULL, namespace VARCHAR(255) NOT NULL, property_key VARCHAR(255) NOT NULL,
		property_value VARCHAR(1000) NOT NULL,
		PRIMARY KEY (catalog_name, namespace, property_key))`,
}

// sqlPointer is the pointer of tables in a SQL catalog.
type sqlPointer struct {
	f                        *files
	db                       *sql.DB
	catalog, namespace, name string
	typed                    bool // rows have a type: those of views are not ours
}

// openCatalog opens the catalog at where, for a table that is called
// namespace.name.
func openCatalog(ctx context.Context, f *files, where, catalog, ident string) (*sqlPointer, error) {
	file, ok := strings.CutPrefix(where, "sqlite://")
	if !ok {
		return nil, fmt.Errorf("catalog %q, want sqlite:///path/to/catalog.db", where)
	}
	namespace, name, ok := cutLast(ident)
	if !ok {
		return nil, fmt.Errorf("table %q, want NAMESPACE.NAME", ident)
	}
	file = strings.TrimPrefix(file, "/") // sqlite:///relative and sqlite:////absolute, as SQLAlchemy has it
	dsn := "file:" + (&url.URL{Path: file}).EscapedPath() +
		"?_pragma=busy_timeout(30000)&_pragma=synchronous(full)&_txlock=immediate"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	p := &sqlPointer{f: f, db: db, catalog: catalog, namespace: namespace, name: name}
	if err := p.createTables(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("catalog %s: %w", where, err), db.Close())
	}
	return p, nil
}

func cutLast(ident string) (namespace, name string, ok bool) {
	i := strings.LastIndexByte(ident, '.')
	if i <= 0 || i == len(ident)-1 {
		return "", "", false
	}
	return ident[:i], ident[i+1:], true
}

func (p *sqlPointer) createTables(ctx context.Context) error {
	for _, create := range catalogTables {
		if _, err := p.db.ExecContext(ctx, create); err != nil {
			return err
		}
	}
	return p.db.QueryRowContext(ctx, `SELECT count(*) > 0 FROM pragma_table_info('iceberg_tables') WHERE name = 'iceberg_type'`).Scan(&p.typed)
}

func (p *sqlPointer) close() error { return p.db.Close() }

const rowOfTable = ` FROM iceberg_tables WHERE catalog_name = ? AND table_namespace = ? AND table_name = ?`

func (p *sqlPointer) current(ctx context.Context) (string, error) {
	var location, kind sql.NullString
	query := `SELECT metadata_location, NULL` + rowOfTable
	if p.typed {
		query = `SELECT metadata_location, iceberg_type` + rowOfTable
	}
	err := p.db.QueryRowContext(ctx, query, p.catalog, p.namespace, p.name).Scan(&location, &kind)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", nil
	case err != nil:
		return "", err
	case kind.Valid && kind.String != "TABLE":
		return "", fmt.Errorf("%s.%s is a %s of the catalog, want a table", p.namespace, p.name, strings.ToLower(kind.String))
	}
	return location.String, nil
}

var versionOf = regexp.MustCompile(`^v?(\d+)`)

func (p *sqlPointer) swap(ctx context.Context, root, from string, metadata []byte) (string, error) {
	version := 0
	if m := versionOf.FindStringSubmatch(path.Base(from)); m != nil && from != "" {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return "", err
		}
		version = n + 1
	}
	to := fmt.Sprintf("%s/metadata/%05d-%s.metadata.json", strings.TrimSuffix(root, "/"), version, uuid.New())
	if err := p.f.WriteFile(to, metadata); err != nil { // before the catalog points to it
		return "", err
	}
	return to, p.point(ctx, from, to)
}

// point changes the row of the table, if it is as it was.
func (p *sqlPointer) point(ctx context.Context, from, to string) error {
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	var done sql.Result
	if from == "" {
		done, err = p.insert(ctx, tx, to)
	} else {
		done, err = tx.ExecContext(ctx, `UPDATE iceberg_tables SET metadata_location = ?, previous_metadata_location = ?
			WHERE catalog_name = ? AND table_namespace = ? AND table_name = ? AND metadata_location = ?`,
			to, from, p.catalog, p.namespace, p.name, from)
	}
	n := int64(0)
	if err == nil {
		n, err = done.RowsAffected()
	}
	if err == nil && n == 0 {
		err = fmt.Errorf("%w: the catalog points elsewhere", table.ErrCommitFailed)
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// insert adds the table, and its namespace.
func (p *sqlPointer) insert(ctx context.Context, tx *sql.Tx, to string) (sql.Result, error) {
	_, err := tx.ExecContext(ctx, `INSERT INTO iceberg_namespace_properties (catalog_name, namespace, property_key, property_value)
		VALUES (?, ?, 'exists', 'true') ON CONFLICT DO NOTHING`, p.catalog, p.namespace)
	if err != nil {
		return nil, err
	}
	if p.typed {
		return tx.ExecContext(ctx, `INSERT INTO iceberg_tables (catalog_name, table_namespace, table_name, metadata_location, iceberg_type)
			VALUES (?, ?, ?, ?, 'TABLE') ON CONFLICT DO NOTHING`, p.catalog, p.namespace, p.name, to)
	}
	return tx.ExecContext(ctx, `INSERT INTO iceberg_tables (catalog_name, table_namespace, table_name, metadata_location)
		VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`, p.catalog, p.namespace, p.name, to)
}
