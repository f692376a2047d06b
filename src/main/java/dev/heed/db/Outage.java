package dev.heed.db;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;
import java.util.Set;
import org.h2.api.ErrorCode;

/** Tells failures of the database or its disk, which pass, from mistakes in a statement, which do not. */
final class Outage {
    /** Classes of SQLSTATE: connection, resources, shut down, system. */
    private static final Set<String> CLASSES = Set.of("08", "53", "57", "58");

    /** The same: rolled back for another transaction, locks not had in time. */
    private static final Set<String> BUSY = Set.of("40", "55");

    private static final Set<Integer> OF_H2 = Set.of(
            ErrorCode.IO_EXCEPTION_1,
            ErrorCode.IO_EXCEPTION_2,
            ErrorCode.DATABASE_IS_CLOSED,
            ErrorCode.DATABASE_CALLED_AT_SHUTDOWN,
            ErrorCode.OBJECT_CLOSED,
            ErrorCode.CONNECTION_BROKEN_1,
            ErrorCode.ERROR_OPENING_DATABASE_1,
            ErrorCode.FILE_CORRUPTED_1,
            ErrorCode.GENERAL_ERROR_1);

    private Outage() {}

    /** What to answer with; empty where the failure is of another kind. */
    static Optional<Unavailable> of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && (isAway(sql) || isBusy(sql))) {
                String message = "the database is %s (%s); nothing was saved, try again"
                        .formatted(isBusy(sql) ? "busy" : "away or full", firstLine(sql));
                return Optional.of(new Unavailable(message, failure, isBusy(sql)));
            }
        }
        return Optional.empty();
    }

    private static boolean isAway(SQLException e) {
        return e instanceof SQLTransientConnectionException
                || OF_H2.contains(e.getErrorCode())
                || CLASSES.contains(stateClass(e));
    }

    private static boolean isBusy(SQLException e) {
        return e.getErrorCode() == ErrorCode.LOCK_TIMEOUT_1
                || e.getErrorCode() == ErrorCode.DEADLOCK_1
                || BUSY.contains(stateClass(e));
    }

    private static String stateClass(SQLException e) {
        String state = e.getSQLState();
        return state != null && state.length() == 5 ? state.substring(0, 2) : "";
    }

    /** What a failure says, on one line. */
    static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
