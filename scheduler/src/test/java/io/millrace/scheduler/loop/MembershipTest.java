package io.millrace.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class MembershipTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration LEASE = Duration.ofSeconds(2);

  private final Membership membership = new Membership(6, LEASE);
  private Instant now = START;

  private void beats(String replica, Integer... owned) {
    membership.see(new Heartbeat(replica, "1", List.of(owned), false), now);
  }

  private void passes(Duration time) {
    now = now.plus(time);
  }

  @Test
  void whoIsAloneOwnsEverything() {
    beats("a");

    assertThat(membership.shareOf("a")).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void aNewcomerGetsHalfAndWaitsForItToBeHandedOver() {
    beats("a", 0, 1, 2, 3, 4, 5);
    beats("b");

    assertThat(membership.shareOf("a")).containsExactly(0, 1, 2);
    assertThat(membership.shareOf("b")).containsExactly(3, 4, 5);
    assertThat(membership.isHeldByAnother(4, "b")).isTrue();

    beats("a", 0, 1, 2);

    assertThat(membership.isHeldByAnother(4, "b")).isFalse();
  }

  @Test
  void whoIsSilentForALeaseLosesItsPartitions() {
    beats("a", 0, 1, 2);
    beats("b", 3, 4, 5);

    passes(LEASE);
    beats("b", 3, 4, 5);
    assertThat(membership.shareOf("b")).containsExactly(3, 4, 5);

    passes(Duration.ofMillis(1));
    beats("b", 3, 4, 5);
    assertThat(membership.shareOf("b")).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(membership.isHeldByAnother(0, "b")).isFalse();
  }

  @Test
  void whoLeavesGetsNothingMoreAndKeepsOthersOutUntilItHasHandedOver() {
    beats("a", 0, 1, 2);
    beats("b", 3, 4, 5);
    membership.see(new Heartbeat("a", "1", List.of(0, 1), true), now);

    assertThat(membership.shareOf("a")).isEmpty();
    assertThat(membership.shareOf("b")).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(membership.isHeldByAnother(0, "b")).isTrue();
    assertThat(membership.isHeldByAnother(2, "b")).isFalse();
  }

  @Test
  void whatTwoClaimGoesToOneOfThem() {
    beats("a", 0, 1, 2);
    beats("b", 2, 3, 4, 5);

    var both = new TreeSet<>(membership.shareOf("a"));
    both.retainAll(membership.shareOf("b"));
    assertThat(both).isEmpty();
  }

  @Test
  void timeThatStepsBackEndsNoLease() {
    beats("a", 0, 1, 2);
    passes(Duration.ofSeconds(-30));
    beats("b", 3, 4, 5);

    assertThat(membership.present()).containsExactly("a", "b");
  }

  @RepeatedTest(50)
  void sharesAreDisjointCompleteFairAndSettle(RepetitionInfo repetition) {
    var random = new SplittableRandom(repetition.getCurrentRepetition());
    int partitions = random.nextInt(1, 20);
    int replicas = random.nextInt(1, 6);
    var some = new Membership(partitions, LEASE);
    for (int r = 0; r < replicas; r++) {
      Set<Integer> owned = new HashSet<>();
      for (int p = 0; p < partitions; p++) {
        if (random.nextInt(replicas) == 0) {
          owned.add(p);
        }
      }
      some.see(new Heartbeat("r" + r, "1", List.copyOf(owned), false), START);
    }
    assertFair(some, partitions, replicas);
    // Everybody does as it is told: then nothing moves any more.
    for (int r = 0; r < replicas; r++) {
      some.see(new Heartbeat("r" + r, "1", List.copyOf(some.shareOf("r" + r)), false), START);
    }
    for (int r = 0; r < replicas; r++) {
      Set<Integer> before = some.shareOf("r" + r);
      some.see(new Heartbeat("r" + r, "1", List.copyOf(before), false), START);
      assertThat(some.shareOf("r" + r)).isEqualTo(before);
    }
  }

  private static void assertFair(Membership some, int partitions, int replicas) {
    var all = new TreeSet<Integer>();
    int count = 0;
    for (int r = 0; r < replicas; r++) {
      Set<Integer> share = some.shareOf("r" + r);
      assertThat(share).hasSizeBetween(partitions / replicas, partitions / replicas + 1);
      all.addAll(share);
      count += share.size();
    }
    assertThat(all).hasSize(partitions);
    assertThat(count).isEqualTo(partitions);
  }
}
