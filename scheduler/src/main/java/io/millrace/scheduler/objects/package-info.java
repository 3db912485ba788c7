/**
 * Where finished runs and kept logs go: {@link io.millrace.scheduler.objects.ObjectStore}, on S3,
 * on Azure Blob Storage, on Google Cloud Storage or in a folder.
 */
package io.millrace.scheduler.objects;
