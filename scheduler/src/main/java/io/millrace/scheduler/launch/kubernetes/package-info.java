/**
 * Steps as Jobs, JobSets and pods of a Kubernetes. {@link
 * io.millrace.scheduler.launch.kubernetes.KubernetesExecutor} makes an order one object and asks
 * the API server to create it; what becomes of the object, the watcher tells.
 */
package io.millrace.scheduler.launch.kubernetes;
