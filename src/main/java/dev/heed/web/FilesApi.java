package dev.heed.web;

import static dev.heed.web.Route.get;
import static dev.heed.web.Route.post;

import dev.heed.run.UserError;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.ConflictResponse;
import io.javalin.http.ContentTooLargeResponse;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import io.javalin.http.NotFoundResponse;
import io.javalin.http.ServiceUnavailableResponse;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What people said, taken out and brought in by leads. */
final class FilesApi {
    private static final Logger LOG = LoggerFactory.getLogger(FilesApi.class);
    private static final int UNPROCESSABLE = 422;
    private static final int LONGEST_NAME = 200;

    private final FileHost files;
    private final Path home;
    private final Audit audit;
    private final Semaphore one = new Semaphore(1); // import at a time
    private volatile @Nullable Reading reading;
    private volatile boolean ending;

    FilesApi(FileHost files, Path home, Audit audit) {
        this.files = files;
        this.home = home;
        this.audit = audit;
    }

    /** The file that is being read, if one is, and how many rows so far: first all are checked, then all are stored. */
    record Reading(String name, String who, long rows) {}

    /** @param reading null where none is being read */
    record Here(FileHost.Table table, @Nullable Reading reading) {}

    List<Route> routes() {
        return List.of(
                get(
                                "/api/files",
                                Access.LEAD,
                                "what can be taken out and brought in, and what is being read",
                                ctx -> Wire.answer(ctx, here()))
                        .gives(Here.class),
                get(
                                "/api/exports/{file}",
                                Access.LEAD,
                                "what people said, as a file; campaign and round leave the others out",
                                new Lasting(this::export))
                        .asks("campaign?", "round?")
                        .gives(Route.Bytes.class),
                post(
                                "/api/imports",
                                Access.LEAD,
                                "take the file that is the body into the store",
                                new Lasting(this::take))
                        .asks("name", "format?", "skip_invalid?")
                        .takes(Route.Bytes.class)
                        .gives(FileHost.Received.class));
    }

    /** What may take long, and ends when the server does. */
    private final class Lasting implements Handler, AutoCloseable {
        private final Handler handler;

        Lasting(Handler handler) {
            this.handler = handler;
        }

        @Override
        public void handle(Context ctx) throws Exception {
            handler.handle(ctx);
        }

        @Override
        public void close() {
            ending = true;
        }
    }

    private Here here() {
        return new Here(files.table(), reading);
    }

    private void export(Context ctx) throws IOException {
        String file = ctx.pathParam("file");
        long round = Wire.queryNumber(ctx, "round", -1);
        if (round < -1 || round > Integer.MAX_VALUE) {
            throw new BadRequestResponse("round must be at least 0, was %d".formatted(round));
        }
        FileHost.Download download = files.export(file, ctx.queryParam("campaign"), round < 0 ? null : (int) round)
                .orElseThrow(() -> new NotFoundResponse("there is no such file to take out; /api/files names them"));
        audit.note(ctx, who(ctx), "export", ctx.queryString() == null ? file : file + "?" + ctx.queryString());
        ctx.contentType(download.type());
        ctx.header("Content-Disposition", "attachment; filename=\"%s\"".formatted(file)); // one of a fixed list
        try {
            OutputStream out = new BufferedOutputStream(new WhileHere(ctx.outputStream()), 1 << 16);
            download.writeTo(out);
            out.flush();
        } catch (IOException | RuntimeException e) {
            if (!ctx.res().isCommitted()) {
                throw e;
            }
            LOG.warn("the export {} broke off: {}", file, e.toString());
            hangUp(ctx);
        }
    }

    /** So that nobody takes a part for the whole: the last chunk of the answer never comes. */
    private static void hangUp(Context ctx) {
        ServletContextRequest.getServletContextRequest(ctx.req())
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint()
                .close();
    }

    private final class WhileHere extends FilterOutputStream {
        WhileHere(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            if (ending) {
                throw new IOException("the server ends");
            }
            out.write(bytes, from, length);
        }
    }

    private void take(Context ctx) throws IOException {
        String name = name(ctx);
        String format = Optional.ofNullable(ctx.queryParam("format")).orElse("");
        boolean skipInvalid = "true".equals(ctx.queryParam("skip_invalid"));
        if (!one.tryAcquire()) {
            throw new ConflictResponse("another file is being read; wait until it is done");
        }
        Path file = home.resolve(".import-%s.part".formatted(UUID.randomUUID()));
        try {
            forgetOthers();
            receive(ctx, file);
            FileHost.Received received = read(ctx, new FileHost.Sent(file, name, format, skipInvalid));
            audit.note(ctx, who(ctx), "import", "%s: %s".formatted(name, received.said()));
            answer(ctx, received);
        } finally {
            reading = null;
            Files.deleteIfExists(file);
            one.release();
        }
    }

    private static String name(Context ctx) {
        String name = ctx.queryParam("name");
        if (name == null || name.isBlank() || name.length() > LONGEST_NAME) {
            throw new BadRequestResponse(
                    "name must be the file's, of 1 to %d characters, so that its ending tells how it is packed"
                            .formatted(LONGEST_NAME));
        }
        return name;
    }

    /** Of servers that were killed in the middle. */
    private void forgetOthers() throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(home, ".import-*.part")) {
            for (Path file : left) {
                Files.delete(file);
            }
        }
    }

    private void receive(Context ctx, Path file) throws IOException {
        long most = files.table().mostBytes();
        ContentTooLargeResponse tooLarge = new ContentTooLargeResponse(
                "a file has at most %d bytes here; ./heed import takes any".formatted(most));
        if (ctx.req().getContentLengthLong() > most) {
            throw tooLarge;
        }
        try (InputStream in = ctx.bodyInputStream();
                OutputStream out = Files.newOutputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            long length = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                length += read;
                if (length > most) {
                    throw tooLarge;
                }
                out.write(buffer, 0, read);
            }
        }
    }

    private FileHost.Received read(Context ctx, FileHost.Sent sent) {
        try {
            return files.take(sent, rows -> {
                reading = new Reading(sent.name(), who(ctx), rows);
                if (ending) {
                    throw new ServiceUnavailableResponse("the server ends; bring the file again, what is stored stays");
                }
            });
        } catch (UserError e) {
            throw new HttpResponseException(UNPROCESSABLE, String.valueOf(e.getMessage()), Map.of());
        }
    }

    private static void answer(Context ctx, FileHost.Received received) {
        if (!received.refused()) {
            Wire.answer(ctx, received);
            return;
        }
        Map<String, Object> refusal = new LinkedHashMap<>();
        refusal.put("error", received.said());
        refusal.put("skipped", received.skipped());
        refusal.put("bad", received.bad());
        ctx.status(UNPROCESSABLE);
        Wire.answer(ctx, refusal);
    }

    private static String who(Context ctx) {
        return Caller.find(ctx).map(Caller::name).orElse("the owner");
    }
}
