package dev.heed.web;

import dev.heed.feedback.Role;
import io.javalin.security.RouteRole;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who a route is for. A route without one is for nobody. */
enum Access implements RouteRole {
    /** Signed in or not. */
    ANYONE(null),
    VIEWER(Role.VIEWER),
    /** The same, but not who labels: they judge blind, and are not to know who wrote what or how others judged it. */
    ONLOOKER(Role.VIEWER),
    LABELER(Role.LABELER),
    LEAD(Role.LEAD),
    ADMIN(Role.ADMIN),
    /** Processes that can read the home's {@code server.json}. */
    OWNER(null);

    private final @Nullable Role role;

    Access(@Nullable Role role) {
        this.role = role;
    }

    /** Whether someone with that role may, where roles decide. */
    boolean lets(Role given) {
        return role != null && given.includes(role) && !(this == ONLOOKER && given == Role.LABELER);
    }

    /** The least role that may; empty where roles do not decide. */
    Optional<Role> role() {
        return Optional.ofNullable(role);
    }
}
