package dev.heed.web;

import io.javalin.http.HttpResponseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Slows down who guesses passwords: after some failures each further one doubles the wait. Counted for a name from one
 * address, for an address and, more leniently, for a name from everywhere, so that nobody is locked out by a stranger's
 * handful of guesses. The address is the connection's own: a header can be invented.
 */
final class Throttle {
    private static final int FREE = 5; // failures of a name from one address
    private static final int FREE_OF_ADDRESS = 20;
    private static final int FREE_OF_NAME = 50;
    private static final Duration LONGEST = Duration.ofMinutes(15);
    private static final int MOST = 10_000; // keys remembered

    private final InstantSource clock;
    private final Map<String, Failures> failures = new LinkedHashMap<>();

    Throttle(InstantSource clock) {
        this.clock = clock;
    }

    private record Failures(int count, Instant last) {
        Duration wait(int free) {
            long seconds = count < free ? 0 : 1L << Math.min(10, count - free);
            return seconds > LONGEST.toSeconds() ? LONGEST : Duration.ofSeconds(seconds);
        }
    }

    private record Key(String text, int free) {}

    private static List<Key> keys(String name, String address) {
        String known = name.toLowerCase(Locale.ROOT);
        return List.of(
                new Key("both " + address + " " + known, FREE),
                new Key("address " + address, FREE_OF_ADDRESS),
                new Key("name " + known, FREE_OF_NAME));
    }

    /** @throws HttpResponseException 429 while one has to wait */
    synchronized void expectFree(String name, String address) {
        Instant now = clock.instant();
        for (Key key : keys(name, address)) {
            Failures before = failures.get(key.text());
            if (before != null && now.isBefore(before.last().plus(before.wait(key.free())))) {
                long seconds = 1
                        + Duration.between(now, before.last().plus(before.wait(key.free())))
                                .toSeconds();
                throw new HttpResponseException(
                        429,
                        "too many wrong passwords; wait %d seconds".formatted(seconds),
                        Map.of("retry_after", String.valueOf(seconds)));
            }
        }
    }

    synchronized void failed(String name, String address) {
        Instant now = clock.instant();
        failures.values().removeIf(old -> old.last().plus(LONGEST).isBefore(now));
        for (Key key : keys(name, address)) {
            Failures before = failures.remove(key.text());
            failures.put(key.text(), new Failures(before == null ? 1 : before.count() + 1, now));
        }
        while (failures.size() > MOST) {
            failures.remove(failures.keySet().iterator().next());
        }
    }

    /** A right password takes back what was counted for this name from this address. */
    synchronized void succeeded(String name, String address) {
        failures.remove(keys(name, address).get(0).text());
    }
}
