// node jose.mjs LIBRARY SERVER SECRET: tokens of ours read by jose, tokens of jose read by us.
import { createHmac } from "node:crypto";
import { pathToFileURL } from "node:url";

const [library, server, secret] = process.argv.slice(2);
const jose = await import(pathToFileURL(library));
const key = new TextEncoder().encode(secret);
const now = Math.floor(Date.now() / 1000);
const email = "jose@example.com";
let checks = 0;
let good = 0;

function check(what, isGood) {
    checks += 1;
    good += isGood ? 1 : 0;
    if (!isGood) console.log(`WRONG: ${what}`);
}

const registered = await fetch(`${server}/auth/register`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email, password: "password123" }),
});
const { access_token: ours } = await registered.json();
check("register answers 200", registered.status === 200);

// Ours, read by jose.
const { payload, protectedHeader } = await jose.jwtVerify(ours, key, {
    algorithms: ["HS256"], typ: "JWT", subject: email, requiredClaims: ["exp", "iat", "jti"],
});
check("the header is HS256, JWT", protectedHeader.alg === "HS256" && protectedHeader.typ === "JWT");
check("it lives for 30 minutes", payload.exp - payload.iat === 1800);
check("user_id is a number", Number.isInteger(payload.user_id));
check("another key does not verify it",
    await jose.jwtVerify(ours, new TextEncoder().encode(`${secret}x`)).then(() => false, () => true));

// Jose's, read by us.
async function answerTo(token) {
    const answer = await fetch(`${server}/users/me`, { headers: { Authorization: `Bearer ${token}` } });
    return { status: answer.status, body: await answer.json() };
}
const made = (claims = {}, header = {}) =>
    new jose.SignJWT({ sub: email, exp: now + 600, ...claims })
        .setProtectedHeader({ alg: "HS256", typ: "JWT", ...header }).sign(key);

const accepted = await answerTo(await made());
check("sub and exp are enough", accepted.status === 200 && accepted.body.email === email);
check("so is a header without typ", (await answerTo(await made({}, { typ: undefined }))).status === 200);

const encoded = (object) => Buffer.from(JSON.stringify(object)).toString("base64url");
const { privateKey, publicKey } = await jose.generateKeyPair("RS256", { extractable: true });
const claims = { sub: email, exp: now + 600 };
const hmac = (text, with_) => createHmac("sha256", with_).update(text).digest("base64url");
const pem = await jose.exportSPKI(publicKey);
const asRs256 = `${encoded({ alg: "RS256", typ: "JWT" })}.${encoded(claims)}`;
const asHs256 = `${encoded({ alg: "HS256", typ: "JWT" })}.${encoded(claims)}`;
const refused = {
    "alg none": new jose.UnsecuredJWT(claims).encode(),
    "RS256": await new jose.SignJWT(claims).setProtectedHeader({ alg: "RS256" }).sign(privateKey),
    "RS256 in name, our HMAC in truth": `${asRs256}.${hmac(asRs256, secret)}`,
    "HS256 keyed with a public key": `${asHs256}.${hmac(asHs256, pem)}`,
    "HS512": await new jose.SignJWT(claims).setProtectedHeader({ alg: "HS512" }).sign(key),
    "another typ": await made({}, { typ: "at+jwt" }),
    "expired": await made({ exp: now - 1 }),
    "issued in the future": await made({ iat: now + 120 }),
    "not valid yet": await made({ nbf: now + 120 }),
    "no subject": await made({ sub: undefined }),
};
for (const [what, token] of Object.entries(refused))
    check(`${what} is refused`, (await answerTo(token)).status === 401);

console.log(`${good} of ${checks} as expected`);
process.exit(good === checks ? 0 : 1);
