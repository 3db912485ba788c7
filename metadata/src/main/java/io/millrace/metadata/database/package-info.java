/**
 * {@link io.millrace.metadata.database.Database} opens PostgreSQL or the database in a file and
 * brings its tables up to date.
 */
package io.millrace.metadata.database;
