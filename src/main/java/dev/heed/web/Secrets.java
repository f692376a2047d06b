package dev.heed.web;

import com.password4j.Argon2Function;
import com.password4j.Password;
import com.password4j.types.Argon2;
import dev.heed.feedback.Hashes;
import io.javalin.http.BadRequestResponse;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** What only one side may know: random secrets, kept as SHA-256, and passwords, kept as argon2id. */
final class Secrets {
    private static final int SHORTEST = 10;
    private static final int LONGEST = 200;
    private static final SecureRandom RANDOM = new SecureRandom();
    // OWASP's least cost for argon2id: 19 MiB, twice over, one lane.
    private static final Argon2Function ARGON2ID = Argon2Function.getInstance(19_456, 2, 1, 32, Argon2.ID);
    private static final Semaphore AT_ONCE = new Semaphore(4); // 19 MiB and a core each

    private Secrets() {}

    /** An unknown name costs as much time as a known one. */
    private static final class Nobody {
        static final String HASH = hash(random());
    }

    /** 256 random bits, 43 characters that any URL can carry. */
    static String random() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** As the database keeps a random secret. */
    static String digest(String secret) {
        return Hashes.sha256(secret);
    }

    /** @throws BadRequestResponse if it is too short or too long */
    static String hash(String password) {
        if (password.length() < SHORTEST || password.length() > LONGEST) {
            throw new BadRequestResponse(
                    "a password has %d to %d characters, was %d".formatted(SHORTEST, LONGEST, password.length()));
        }
        return Password.hash(password).addRandomSalt(16).with(ARGON2ID).getResult();
    }

    static boolean matches(String password, Optional<String> hash) {
        if (password.length() > LONGEST) {
            return false;
        }
        AT_ONCE.acquireUninterruptibly();
        try {
            return Password.check(password, hash.orElseGet(() -> Nobody.HASH)).with(ARGON2ID) && hash.isPresent();
        } finally {
            AT_ONCE.release();
        }
    }
}
