/** Local mode: a broker, an object store and a scheduler on one folder of one machine. */
package io.millrace.local;
