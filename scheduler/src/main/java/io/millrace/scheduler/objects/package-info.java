/**
 * Where finished runs and kept logs go: {@link io.millrace.scheduler.objects.ObjectStore}, on S3 or
 * in a folder.
 */
package io.millrace.scheduler.objects;
