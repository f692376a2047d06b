package dev.heed.web;

import io.javalin.http.BadRequestResponse;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where a delivery goes: a host of the internet, and nothing near this server. The address is looked up once and every one of
 * them checked; who connects takes one of these and does not look the name up again.
 *
 * @param addresses of the host; each may be connected to
 */
record Destination(URI url, List<InetAddress> addresses) {
    private static final int LONGEST = 2000;
    private static final Pattern DOTTED = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");
    /** What any reader of addresses might take for a number: 127.1, 0177.0.0.1, 0x7f000001, 2130706433. */
    private static final Pattern NUMERIC = Pattern.compile("(.*\\.)?(\\d+|0[xX][0-9a-fA-F]*)\\.?");

    /** Which addresses deliveries may go to. */
    interface Policy {
        /** Over TLS, and to addresses that are anybody's. */
        Policy PUBLIC = new Policy() {
            @Override
            public boolean allowsScheme(String scheme) {
                return scheme.equals("https");
            }

            @Override
            public boolean allows(InetAddress address) {
                return isPublic(address);
            }
        };

        boolean allowsScheme(String scheme);

        boolean allows(InetAddress address);
    }

    int port() {
        int given = url.getPort();
        return given > 0 ? given : isSecure() ? 443 : 80;
    }

    boolean isSecure() {
        return "https".equals(url.getScheme());
    }

    /** The host as TLS and HTTP name it, without the brackets of an address. */
    String host() {
        return url.getHost().replaceAll("[\\[\\]]", "");
    }

    /**
     * Looks it up.
     *
     * @throws BadRequestResponse if it is no URL, or leads where no delivery may go
     */
    static Destination of(String text, Policy policy) {
        URI url = parsed(text, policy);
        InetAddress[] found = lookedUp(url.getHost());
        for (InetAddress address : found) {
            if (!policy.allows(address)) {
                throw new BadRequestResponse(
                        "%s is %s, which is no address of the internet; deliveries go to public hosts only"
                                .formatted(url.getHost(), address.getHostAddress()));
            }
        }
        return new Destination(url, List.of(found));
    }

    private static URI parsed(String text, Policy policy) {
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            throw new BadRequestResponse("no URL: %s".formatted(e.getMessage()));
        }
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (text.length() > LONGEST
                || !policy.allowsScheme(scheme)
                || !scheme.equals(url.getScheme())
                || url.getHost() == null
                || url.getRawUserInfo() != null
                || url.getRawFragment() != null
                || url.getPort() == 0
                || url.getPort() > 65535) {
            throw new BadRequestResponse(
                    "a webhook's URL is as https://example.org/path, without a name, a password or a #; was %s"
                            .formatted(text.substring(0, Math.min(200, text.length()))));
        }
        String host = url.getHost();
        if (!host.startsWith("[")
                && NUMERIC.matcher(host).matches()
                && !DOTTED.matcher(host).matches()) {
            throw new BadRequestResponse(
                    "%s can be read as several addresses; write it as 203.0.113.7".formatted(host));
        }
        return URI.create(url.toASCIIString());
    }

    private static InetAddress[] lookedUp(String host) {
        try {
            return InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw new BadRequestResponse("there is no host %s".formatted(host));
        }
    }

    /** Whether it is anybody's on the internet: what IANA's registries of special addresses list is not. */
    static boolean isPublic(InetAddress address) {
        byte[] b = address.getAddress();
        return address instanceof Inet4Address ? isPublic4(b[0] & 0xff, b[1] & 0xff, b[2] & 0xff) : isPublic6(b);
    }

    private static boolean isPublic4(int a, int b, int c) {
        boolean special = a == 0
                || a == 10
                || a == 127
                || a >= 224 // multicast, reserved, broadcast
                || (a == 100 && (b & 0xc0) == 64) // carriers
                || (a == 169 && b == 254) // this link, and clouds' metadata
                || (a == 172 && (b & 0xf0) == 16)
                || (a == 192 && b == 168)
                || (a == 192 && b == 0 && (c == 0 || c == 2))
                || (a == 192 && b == 88 && c == 99)
                || (a == 198 && (b & 0xfe) == 18)
                || (a == 198 && b == 51 && c == 100)
                || (a == 203 && b == 0 && c == 113);
        return !special;
    }

    /** Of 2000::/3 alone, without tunnels, which carry another address in them. Java reads ::ffff:1.2.3.4 as 1.2.3.4. */
    private static boolean isPublic6(byte[] b) {
        int first = (b[0] & 0xff) << 8 | (b[1] & 0xff);
        int second = (b[2] & 0xff) << 8 | (b[3] & 0xff);
        boolean special = (first == 0x2001 && second < 0x0200) // Teredo and other protocols
                || (first == 0x2001 && second == 0x0db8)
                || first == 0x2002 // 6to4
                || (first == 0x3fff && second < 0x1000);
        return (first & 0xe000) == 0x2000 && !special;
    }
}
