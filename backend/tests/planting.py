"""Secrets of every kind that we know of, and where they may stand. None of them opens anything."""

SEED = "Hunter2Hunter2Hunter2x"
KEY = "PRIVATE KEY-----"
TEXTS = {
    "password of a database": f"postgresql+psycopg2://noteai:{SEED}@10.0.0.1:5432/noteai",
    "password with a slash and an at": f"redis://:{SEED}/x@{SEED}@10.0.0.1:6379/0",
    "password without a user": f"could not reach redis://:{SEED}@10.0.0.1/0.",
    "token as the user": f"https://{SEED}@git.example.org/noteai.git",
    "signature of S3": f"https://s3/b/k?partNumber=1&X-Amz-Signature={SEED}&x=1",
    "credential of S3": f"https://s3/b/k?X-Amz-Credential={SEED}%2F20260101&x=1",
    "session token of S3": f"https://s3/b/k?x-amz-security-token={SEED}",
    "URL within a URL": f"https://h/r?to=https%3A%2F%2Fs3%2Fk%3FX-Amz-Signature%3D{SEED}",
    "policy of CloudFront": f"https://d1.cloudfront.net/k?Policy={SEED}~_&x=1",
    "signature of CloudFront": f"https://d1.cloudfront.net/k?Expires=1&Signature={SEED}~-_",
    "key of CloudFront": f"https://d1.cloudfront.net/k?Key-Pair-Id={SEED}",
    "cookie of CloudFront": f"CloudFront-Policy={SEED}; Path=/",
    "bearer token": f"sent Authorization: Bearer {SEED}.{SEED}",
    "bearer token alone": f"bearer {SEED}",
    "basic token": f"Basic {SEED}==",
    "webhook secret": f"the secret is whsec_{SEED}+/=",
    "webhook signatures": f"webhook-signature: v1,{SEED}= v1,{SEED}=",
    "key of a model": f"the key sk-proj-{SEED} was refused",
    "key of Gemini": f"the key AIza{SEED} was refused",
    "key of AWS": "the key AKIA" + SEED.upper() + " was refused",
    "web token": f"eyJhbGciOiJIUzI1NiJ9.{SEED}.{SEED}",
    "token of GitHub": f"cloned with ghp_{SEED}",
    "assignment": f"connect(host=h, password={SEED}, port=1)",
    "odd password": f"password={SEED}'\"{SEED}",
    "DSN": f"host=h user=u password='{SEED} {SEED}' dbname=d",
    "dict in a text": str({"a": 1, "api_key": SEED, "b": {"client_secret": f"{SEED} {SEED}"}}),
    "JSON in a text": f'{{"apiKey": "{SEED}\\" {SEED}", "x": 1}}',
    "JSON in JSON": f'{{"body": "{{\\"password\\": \\"{SEED} {SEED}\\"}}"}}',
    "YAML": f"secret_access_key: {SEED}",
    "header in a list": str([(b"cookie", f"session={SEED}; a={SEED}".encode())]),
    "header": f"Set-Cookie: session={SEED}; other={SEED}; Path=/",
    "private key": f"-----BEGIN RSA {KEY}\n{SEED}\n{SEED}\n-----END RSA {KEY}",
    "half a private key": f"-----BEGIN {KEY}\n{SEED}",
    "e-mail address": f"asked by {SEED}@students.example.org today",
    "e-mail address in a query": f"https://h/q?who={SEED}%40example.org",
    "after a capital that has two small letters": f"\u0130 password={SEED}",
}
NAMES = (
    *("password", "PASSWORD", "db_passwd", "passphrase", "client_secret", "secretKey", "token"),
    *("session_token", "refreshTokens", "api_key", "x-api-key", "apiKey", "access_key"),
    *("Authorization", "Cookie", "set-cookie", "signature", "webhook-signature", "private_key"),
    *("aws_credentials", "Key-Pair-Id", "jwt"),
)


def is_told(written: str) -> bool:
    """Whether anything of a secret can be read."""
    return SEED.lower() in written.lower()
