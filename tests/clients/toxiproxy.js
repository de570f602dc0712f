// Toxiproxy's Node client against the admin API: the life of a proxy, and every toxic on real
// connections. Times are only ever held against what is at least to pass.
//
// usage: node toxiproxy.js CLIENT_PACKAGE URL; prints each part's name when it went well
"use strict";
const assert = require("node:assert/strict");
const net = require("node:net");
const { once } = require("node:events");

const { Toxiproxy } = require(process.argv[2]);
const api = new Toxiproxy(process.argv[3]);
const parts = [];
const part = (name, run) => parts.push([name, run]);

const addressOf = (listen) => ({ host: listen.slice(0, listen.lastIndexOf(":")),
                                 port: Number(listen.slice(listen.lastIndexOf(":") + 1)) });
const elapsed = async (run) => {
    const begun = process.hrtime.bigint();
    await run();
    return Number(process.hrtime.bigint() - begun) / 1e6;
};
const atLeast = (got, wanted, what) => assert(got >= wanted - 5, `${what}: ${got} ms < ${wanted}`);

// A server for which `serve` is called with each connection. Its address.
async function server(serve) {
    const listener = net.createServer({ allowHalfOpen: true }, (socket) => {
        socket.on("error", () => {});
        socket.setNoDelay();
        serve(socket);
    });
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    return `127.0.0.1:${listener.address().port}`;
}
const echo = () => server((socket) => socket.pipe(socket));
const sends = (bytes) => server((socket) => { socket.on("data", () => {}); socket.end(bytes); });

let made = 0;
async function proxyTo(upstream, more = {}) {
    return api.createProxy({ name: `proxy-${++made}`, listen: "localhost:0", upstream, ...more });
}
async function connect(proxy) {
    const socket = net.connect(addressOf(proxy.listen));
    socket.setNoDelay();
    socket.setMaxListeners(0); // one for each wait
    await once(socket, "connect");
    return socket;
}
// Until `bytes` have come; they are returned.
async function read(socket, bytes) {
    const chunks = [];
    let size = 0;
    while (size < bytes) {
        const chunk = socket.read();
        if (chunk === null) {
            if (socket.readableEnded) break;
            await new Promise((go) => { socket.once("readable", go); socket.once("end", go); socket.once("error", go); });
            if (socket.destroyed) break;
            continue;
        }
        chunks.push(chunk);
        size += chunk.length;
    }
    return Buffer.concat(chunks);
}
async function ask(socket, text) {
    socket.write(text);
    assert.equal((await read(socket, text.length)).toString(), text);
}
// How the connection ends, and what came before: {bytes, error}.
async function toTheEnd(socket) {
    const chunks = [];
    let error = null;
    socket.on("error", (e) => { error = e.code; });
    socket.on("data", (chunk) => chunks.push(chunk));
    if (!socket.closed) await once(socket, "close").catch((e) => { error = e.code; });
    return { bytes: Buffer.concat(chunks), chunks: chunks.length, error };
}
const rejects = (promise, status) =>
    assert.rejects(promise, (e) => e.message === `Request failed with status code ${status}`);

part("version", async () => assert.match(JSON.parse(await api.getVersion()).version, /^2\./));

part("life", async () => {
    const upstream = await echo();
    const proxy = await proxyTo(upstream, { name: "life" });
    assert.deepEqual(proxy.toJson(), { name: "life", listen: proxy.listen, upstream, enabled: true });
    assert.match(proxy.listen, /^127\.0\.0\.1:[1-9]/);
    assert.deepEqual((await api.get("life")).toJson(), proxy.toJson());
    assert.deepEqual((await api.getAll()).life.toJson(), proxy.toJson());
    await rejects(proxyTo(upstream, { name: "life" }), 409);
    await rejects(api.get("nobody"), 404);

    const client = await connect(proxy);
    await ask(client, "hello");
    const over = toTheEnd(client);
    const down = await proxy.update({ ...proxy.toJson(), enabled: false });
    assert.equal(down.enabled, false);
    assert.equal((await over).error, null);
    await assert.rejects(connect(proxy), { code: "ECONNREFUSED" });
    const up = await proxy.update({ ...proxy.toJson(), enabled: true });
    assert.equal(up.listen, proxy.listen);
    await ask(await connect(up), "again");

    const elsewhere = await up.update({ ...up.toJson(), upstream: await sends("other") });
    assert.equal((await toTheEnd(await connect(elsewhere))).bytes.toString(), "other");
    await elsewhere.remove();
    await rejects(api.get("life"), 404);
    await assert.rejects(connect(proxy), { code: "ECONNREFUSED" });
});

part("populate and reset", async () => {
    const upstream = await echo();
    const wanted = [{ name: "one", listen: "127.0.0.1:0", upstream }, { name: "two", listen: "127.0.0.1:0", upstream, enabled: false }];
    const { one, two } = await api.populate(wanted);
    assert(one.enabled && !two.enabled);
    await one.addToxic({ type: "timeout", attributes: { timeout: 0 } });
    await api.reset();
    const all = await api.getAll();
    assert(all.one.enabled && all.two.enabled);
    await rejects(one.getToxic("timeout_downstream"), 404);
    await ask(await connect(all.one), "one");
    await ask(await connect(all.two), "two");
    await rejects(api.populate([{ name: "three", listen: "127.0.0.1:0", upstream }, { name: "four" }]), 400);
    await rejects(api.get("three"), 404);
});

part("toxics by name", async () => {
    const proxy = await proxyTo(await echo());
    const toxic = await proxy.addToxic({ type: "latency", attributes: { latency: 5 } });
    const whole = { name: "latency_downstream", type: "latency", stream: "downstream", toxicity: 1, attributes: { latency: 5, jitter: 0 } };
    assert.deepEqual(toxic.toJson(), whole);
    assert.deepEqual((await proxy.getToxic("latency_downstream")).toJson(), whole);
    await rejects(proxy.addToxic({ type: "latency", attributes: {} }), 409);
    await rejects(proxy.addToxic({ type: "lag", attributes: {} }), 400);
    await rejects(proxy.addToxic({ type: "latency", name: "x", stream: "sideways", attributes: {} }), 400);
    const next = await toxic.update({ ...whole, toxicity: 0.5, attributes: { latency: 7, jitter: 1 } });
    assert.deepEqual(next.toJson(), { ...whole, toxicity: 0.5, attributes: { latency: 7, jitter: 1 } });
    await next.remove();
    await rejects(next.remove(), 404);
});

part("latency", async () => {
    const proxy = await proxyTo(await echo());
    const client = await connect(proxy);
    await ask(client, "before");
    const toxic = await proxy.addToxic({ type: "latency", attributes: { latency: 200, jitter: 0 } });
    atLeast(await elapsed(() => ask(client, "a connection that runs")), 200, "latency");
    await toxic.update({ ...toxic.toJson(), attributes: { latency: 400, jitter: 0 } });
    atLeast(await elapsed(() => ask(client, "later still")), 400, "updated latency");
    const other = await connect(proxy);
    atLeast(await elapsed(() => ask(other, "a new connection")), 400, "latency");
    const upstream = await proxy.addToxic({ type: "latency", stream: "upstream", attributes: { latency: 100 } });
    atLeast(await elapsed(() => ask(other, "both ways")), 500, "latency both ways");
    await toxic.remove();
    await upstream.remove();
    await ask(client, "x".repeat(100_000));
});

part("bandwidth", async () => {
    const body = Buffer.alloc(60_000, "b");
    const proxy = await proxyTo(await sends(body));
    await proxy.addToxic({ type: "bandwidth", attributes: { rate: 100 } });
    const took = await elapsed(async () => assert.deepEqual((await toTheEnd(await connect(proxy))).bytes, body));
    atLeast(took, 400, "60 KB at 100 KB/s");
});

part("slicer", async () => {
    const body = Buffer.from(Array.from({ length: 2_000 }, (_, i) => i % 251));
    const proxy = await proxyTo(await sends(body));
    await proxy.addToxic({ type: "slicer", attributes: { average_size: 100, size_variation: 20, delay: 5_000 } });
    let got;
    const took = await elapsed(async () => { got = await toTheEnd(await connect(proxy)); });
    assert.deepEqual(got.bytes, body);
    assert(got.chunks >= 5, `${got.chunks} pieces`);
    atLeast(took, 50, "some twenty slices, 5 ms apart");
});

part("limit_data", async () => {
    const proxy = await proxyTo(await sends(Buffer.alloc(5_000, "l")));
    await proxy.addToxic({ type: "limit_data", attributes: { bytes: 1_234 } });
    assert.equal((await toTheEnd(await connect(proxy))).bytes.length, 1_234);

    let arrived = 0;
    let ended;
    const end = new Promise((resolve) => { ended = resolve; });
    const counting = await proxyTo(await server((socket) => {
        socket.on("data", (chunk) => { arrived += chunk.length; });
        socket.on("close", ended);
        socket.on("end", () => socket.end());
    }));
    await counting.addToxic({ type: "limit_data", stream: "upstream", attributes: { bytes: 321 } });
    const client = await connect(counting);
    client.write(Buffer.alloc(1_000));
    await toTheEnd(client);
    await end;
    assert.equal(arrived, 321);
});

part("timeout", async () => {
    const proxy = await proxyTo(await echo());
    const toxic = await proxy.addToxic({ type: "timeout", attributes: { timeout: 300 } });
    const client = await connect(proxy);
    client.write("into the void");
    let got;
    atLeast(await elapsed(async () => { got = await toTheEnd(client); }), 300, "timeout");
    assert.equal(got.bytes.length, 0);

    await toxic.update({ ...toxic.toJson(), attributes: { timeout: 0 } });
    const silent = await connect(proxy);
    silent.write("never closed");
    let heard = false;
    silent.on("data", () => { heard = true; });
    silent.on("close", () => { heard = true; });
    silent.on("error", () => {});
    await new Promise((go) => setTimeout(go, 300));
    assert(!heard);
    await toxic.remove();
    if (!silent.closed) await once(silent, "close"); // as Toxiproxy does since 2.0
    await ask(await connect(proxy), "as ever");
});

part("reset_peer", async () => {
    const proxy = await proxyTo(await echo());
    const toxic = await proxy.addToxic({ type: "reset_peer", attributes: { timeout: 0 } });
    const client = await connect(proxy);
    client.write("x");
    assert.equal((await toTheEnd(client)).error, "ECONNRESET");
    await toxic.update({ ...toxic.toJson(), attributes: { timeout: 250 } });
    const later = await connect(proxy);
    later.write("x");
    let got;
    atLeast(await elapsed(async () => { got = await toTheEnd(later); }), 250, "reset");
    assert.equal(got.error, "ECONNRESET");
});

part("slow_close", async () => {
    const proxy = await proxyTo(await sends("short"));
    await proxy.addToxic({ type: "slow_close", attributes: { delay: 300 } });
    const client = await connect(proxy);
    assert.equal((await read(client, 5)).toString(), "short");
    let got;
    atLeast(await elapsed(async () => { got = await toTheEnd(client); }), 250, "the end of the server");
    assert.equal(got.error, null);
});

part("toxicity", async () => {
    const proxy = await proxyTo(await echo());
    const toxic = await proxy.addToxic({ type: "timeout", toxicity: 0, attributes: { timeout: 0 } });
    for (let i = 0; i < 5; ++i) await ask(await connect(proxy), "spared");
    await toxic.update({ ...toxic.toJson(), toxicity: 1, attributes: { timeout: 10 } });
    const hit = await connect(proxy);
    hit.write("not spared");
    assert.equal((await toTheEnd(hit)).bytes.length, 0);
});

(async () => {
    for (const [name, run] of parts) {
        await run().catch((error) => { error.message = `${name}: ${error.message}`; throw error; });
        console.log(name);
    }
    for (const proxy of Object.values(await api.getAll())) await proxy.remove();
    assert.deepEqual(await api.getAll(), {});
    process.exit(0);
})().catch((error) => { console.error(error); process.exit(1); });
