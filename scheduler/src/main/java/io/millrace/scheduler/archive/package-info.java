/**
 * Keeps finished runs in the object store, so that the engine's state holds live ones only: {@link
 * io.millrace.scheduler.archive.RunArchive}.
 */
package io.millrace.scheduler.archive;
