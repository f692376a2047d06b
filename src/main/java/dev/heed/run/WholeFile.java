package dev.heed.run;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Supplier;

/** Writes files whole or not at all: a temporary file beside it, forced to the disk, takes its name. */
public final class WholeFile {
    private WholeFile() {}

    /** What goes into a file. */
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Gives the file new content, whole or not at all. Makes the folder where it is missing. */
    public static void write(Path file, Content content) {
        write(file, content, new FileAttribute<?>[0]);
    }

    /** As {@link #write(Path, Content)}; nobody but its owner can read the file. */
    public static void writePrivately(Path file, Content content) {
        write(file, content, ownerOnly());
    }

    /** For a file that nobody but its owner can read, where the system knows such. */
    public static FileAttribute<?>[] ownerOnly() {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static void write(Path file, Content content, FileAttribute<?>... attributes) {
        Path target = file.toAbsolutePath();
        try {
            replace(target.resolveSibling("." + target.getFileName() + ".part"), content, () -> target, attributes);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /**
     * As {@link #write(Path, Content)}, for a name that is known only once all is written.
     *
     * @param temporary holds the content until then, in the same folder
     */
    public static void write(Path temporary, Content content, Supplier<Path> name) {
        try {
            replace(temporary.toAbsolutePath(), content, name);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + temporary, e);
        }
    }

    private static void replace(Path temporary, Content content, Supplier<Path> name, FileAttribute<?>... attributes)
            throws IOException {
        Files.createDirectories(temporary.getParent());
        Files.deleteIfExists(temporary); // of a process that was killed
        try {
            try (FileChannel channel = FileChannel.open(
                            temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes);
                    OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
                content.writeTo(out);
                out.flush();
                channel.force(true);
            }
            Files.move(temporary, name.get(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary); // where something failed
        }
    }
}
