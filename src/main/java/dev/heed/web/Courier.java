package dev.heed.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Posts one body and reads the first line of the answer. It speaks HTTP itself, since Java's client looks a name up again when
 * it connects: to another address, perhaps, than the one that was checked. No redirect is followed, and nothing takes longer
 * than the given time.
 */
record Courier(SSLSocketFactory tls, Duration patience) {
    private static final int LONGEST_LINE = 200; // bytes
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})( .*)?");

    /**
     * The status of the answer.
     *
     * @throws IOException if there is none
     */
    int post(Destination to, Map<String, String> headers, byte[] body) throws IOException {
        Timer timer = new Timer("webhook", true);
        AtomicBoolean late = new AtomicBoolean();
        try (Socket socket = connected(to)) {
            timer.schedule(cutting(socket, late), patience.toMillis());
            try (Socket spoken = to.isSecure() ? secured(socket, to) : socket) {
                OutputStream out = spoken.getOutputStream();
                out.write(head(to, headers, body.length).getBytes(StandardCharsets.US_ASCII));
                out.write(body);
                out.flush();
                return status(line(spoken.getInputStream()));
            }
        } catch (IOException e) {
            throw late.get() ? new IOException("no answer within %s s".formatted(patience.toMillis() / 1000.0), e) : e;
        } finally {
            timer.cancel();
        }
    }

    /** To the first of its addresses that takes a connection. */
    private Socket connected(Destination to) throws IOException {
        int millis = (int) patience.toMillis() / to.addresses().size();
        IOException refused = new IOException("no address");
        for (InetAddress address : to.addresses()) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(address, to.port()), millis);
                return socket;
            } catch (IOException e) {
                socket.close();
                refused = new IOException("no connection: " + e.getMessage(), e);
            }
        }
        throw refused;
    }

    /** What is read or written a byte at a time ends too. */
    private static TimerTask cutting(Socket socket, AtomicBoolean late) {
        return new TimerTask() {
            @Override
            public void run() {
                late.set(true);
                try {
                    socket.close();
                } catch (IOException e) {
                    throw new UncheckedIOException("a connection cannot be closed", e);
                }
            }
        };
    }

    /** The certificate must be of the host that was named, whatever its address. */
    private Socket secured(Socket socket, Destination to) throws IOException {
        SSLSocket secured = (SSLSocket) tls.createSocket(socket, to.host(), to.port(), true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    private static String head(Destination to, Map<String, String> headers, int length) {
        String path = to.url().getRawPath().isEmpty() ? "/" : to.url().getRawPath();
        String query = to.url().getRawQuery() == null ? "" : "?" + to.url().getRawQuery();
        String port = to.url().getPort() < 0 ? "" : ":" + to.url().getPort();
        StringBuilder head = new StringBuilder("POST %s%s HTTP/1.1\r\nHost: %s%s\r\n"
                .formatted(path, query, to.url().getHost(), port));
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head
                + "Content-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n".formatted(length);
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        while (next >= 0 && next != '\n' && line.size() < LONGEST_LINE) {
            line.write(next);
            next = in.read();
        }
        return line.toString(StandardCharsets.US_ASCII).strip();
    }

    private static int status(String line) throws IOException {
        Matcher status = STATUS.matcher(line);
        if (!status.matches()) {
            throw new IOException("the answer is no HTTP");
        }
        return Integer.parseInt(status.group(1));
    }
}
