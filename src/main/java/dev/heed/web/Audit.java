package dev.heed.web;

import dev.heed.db.PeopleStore;
import io.javalin.http.Context;
import java.time.InstantSource;

/** Writes down who did what that others may ask about later. */
final class Audit {
    private final PeopleStore people;
    private final InstantSource clock;

    Audit(PeopleStore people, InstantSource clock) {
        this.people = people;
        this.clock = clock;
    }

    /** Control characters become spaces, so that nobody can write a line of their own into a list of these. */
    void note(Context ctx, String who, String what, String details) {
        people.note(new PeopleStore.Act(
                clock.instant(), printable(who), ctx.req().getRemoteAddr(), what, printable(details)));
    }

    private static String printable(String text) {
        return text.codePoints()
                .map(point -> Character.isISOControl(point) ? ' ' : point)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
