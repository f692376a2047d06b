package dev.heed.db;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import dev.heed.run.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Whole tables as JSON lines and back, whatever tables there are, on either database. */
final class Tables {
    private static final int FETCHED = 500; // rows in memory at once

    private Tables() {}

    /** Those of Heed, each after those that it refers to. */
    static List<String> inOrder(Handle handle) {
        try {
            DatabaseMetaData meta = handle.getConnection().getMetaData();
            String schema = handle.getConnection().getSchema();
            List<String> all =
                    names(meta.getTables(null, schema, "%", new String[] {"TABLE", "BASE TABLE"}), "TABLE_NAME");
            all.removeIf(table -> table.startsWith("flyway"));
            Set<String> ordered = new LinkedHashSet<>();
            while (ordered.size() < all.size()) {
                int before = ordered.size();
                for (String table : all) {
                    List<String> needed = names(meta.getImportedKeys(null, schema, table), "PKTABLE_NAME");
                    if (needed.stream().allMatch(other -> other.equals(table) || ordered.contains(other))) {
                        ordered.add(table);
                    }
                }
                if (ordered.size() == before) {
                    throw new IllegalStateException("tables refer to each other in a circle: " + all);
                }
            }
            return List.copyOf(ordered);
        } catch (SQLException e) {
            throw new IllegalStateException("the tables cannot be listed", e);
        }
    }

    private static List<String> names(ResultSet rows, String column) throws SQLException {
        try (rows) {
            List<String> names = new ArrayList<>();
            while (rows.next()) {
                names.add(rows.getString(column));
            }
            return names;
        }
    }

    /** Writes the rows in the order of their key, one object a line. @return how many */
    static long write(Handle handle, String table, OutputStream out) throws IOException {
        try (Statement statement = handle.getConnection().createStatement()) {
            DatabaseMetaData meta = handle.getConnection().getMetaData();
            List<String> key =
                    names(meta.getPrimaryKeys(null, handle.getConnection().getSchema(), table), "COLUMN_NAME");
            statement.setFetchSize(FETCHED);
            try (ResultSet rows =
                    statement.executeQuery("select * from %s order by %s".formatted(quoted(table), quoted(key)))) {
                return write(rows, out);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("table %s cannot be read".formatted(table), e);
        }
    }

    private static long write(ResultSet rows, OutputStream out) throws SQLException, IOException {
        long count = 0;
        try (JsonGenerator json = Json.mapper()
                .createGenerator(out)
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                .setRootValueSeparator(null)) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                json.writeStartObject();
                for (int column = 1; column <= columns; column++) {
                    json.writeObjectField(
                            rows.getMetaData().getColumnLabel(column),
                            plain(rows, column, rows.getMetaData().getColumnTypeName(column)));
                }
                json.writeEndObject();
                json.writeRaw('\n');
                count++;
            }
        }
        return count;
    }

    private static @Nullable Object plain(ResultSet rows, int column, String type) throws SQLException {
        Object value = rows.getObject(column);
        return value == null
                ? null
                : switch (Kind.of(type)) {
                    case TIME ->
                        rows.getObject(column, OffsetDateTime.class)
                                .withOffsetSameInstant(ZoneOffset.UTC)
                                .toString();
                    case UUID -> value.toString();
                    case TEXT -> rows.getString(column);
                    default -> value;
                };
    }

    /** What values a column has, whatever the database calls it. */
    private enum Kind {
        UUID,
        TIME,
        TRUTH,
        WHOLE,
        REAL,
        TEXT;

        static Kind of(String type) {
            String name = type.toLowerCase(Locale.ROOT);
            return switch (name) {
                case "uuid" -> UUID;
                case "boolean", "bool" -> TRUTH;
                case "bigint", "int8", "integer", "int4", "smallint", "int2" -> WHOLE;
                case "double precision", "float8", "real", "float4" -> REAL;
                default -> name.startsWith("timestamp") ? TIME : TEXT;
            };
        }

        Object read(JsonNode value) {
            return switch (this) {
                case UUID -> java.util.UUID.fromString(value.asText());
                case TIME -> OffsetDateTime.parse(value.asText());
                case TRUTH -> value.asBoolean();
                case WHOLE -> value.asLong();
                case REAL -> value.asDouble();
                case TEXT -> value.asText();
            };
        }
    }

    /** Takes all rows out, those first that refer to others. */
    static void clear(Handle handle, List<String> inOrder) {
        for (int i = inOrder.size() - 1; i >= 0; i--) {
            handle.execute("delete from " + quoted(inOrder.get(i)));
        }
    }

    /**
     * Inserts rows.
     *
     * @param rows tells them all
     */
    static void read(Handle handle, String table, Consumer<Consumer<JsonNode>> rows) {
        try {
            Map<String, Kind> columns = columns(handle, table);
            String marks = columns.keySet().stream().map(name -> "?").collect(Collectors.joining(", "));
            String insert = "insert into %s (%s) values (%s)"
                    .formatted(quoted(table), quoted(List.copyOf(columns.keySet())), marks);
            try (PreparedStatement statement = handle.getConnection().prepareStatement(insert)) {
                Inserting inserting = new Inserting(statement, columns);
                rows.accept(inserting::add);
                statement.executeBatch();
            }
        } catch (SQLException e) {
            throw new IllegalStateException("table %s cannot be filled".formatted(table), e);
        }
    }

    private static Map<String, Kind> columns(Handle handle, String table) throws SQLException {
        Map<String, Kind> columns = new LinkedHashMap<>();
        DatabaseMetaData meta = handle.getConnection().getMetaData();
        try (ResultSet rows = meta.getColumns(null, handle.getConnection().getSchema(), table, "%")) {
            while (rows.next()) {
                columns.put(rows.getString("COLUMN_NAME"), Kind.of(rows.getString("TYPE_NAME")));
            }
        }
        return columns;
    }

    private static final class Inserting {
        private final PreparedStatement statement;
        private final Map<String, Kind> columns;
        private int waiting;

        Inserting(PreparedStatement statement, Map<String, Kind> columns) {
            this.statement = statement;
            this.columns = columns;
        }

        void add(JsonNode row) {
            try {
                int at = 1;
                for (Map.Entry<String, Kind> column : columns.entrySet()) {
                    JsonNode value = row.path(column.getKey());
                    statement.setObject(
                            at++,
                            value.isNull() || value.isMissingNode()
                                    ? null
                                    : column.getValue().read(value));
                }
                statement.addBatch();
                if (++waiting % FETCHED == 0) {
                    statement.executeBatch();
                }
            } catch (SQLException e) {
                throw new IllegalStateException("a row of the backup cannot be stored", e);
            }
        }
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private static String quoted(List<String> names) {
        return names.stream().map(Tables::quoted).collect(Collectors.joining(", "));
    }
}
