// Package wheel makes the wheel of the Python package, and installs it where
// users would: into an empty environment, a folder, a home, a tool of its own,
// Airflow, and roots of other Debians. It has tests only.
package wheel
