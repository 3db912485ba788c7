/**
 * What a flow may ask of a cluster: {@link io.millrace.scheduler.policy.Policy}, judged on finished
 * pods, so that it makes no difference how a pod came to what it has.
 */
package io.millrace.scheduler.policy;
