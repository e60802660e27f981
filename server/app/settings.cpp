#include "server/app/settings.h"

namespace server::app {

const QList<Setting> &allSettings()
{
    static const QList<Setting> settings{
        {"DEVELOPMENT_MODE", "Mode", "false",
         "true: defaults for a desk, missing keys are no error, no TLS needed"},
        {"HOST", "Listening", "",
         "Numeric address to listen on; 127.0.0.1 in development, 0.0.0.0 otherwise"},
        {"PORT", "Listening", "5051", "TCP port; 0 takes a free one"},
        {"PUBLIC_URL", "Listening", "",
         "Where the phone network reaches this server, https; in development "
         "http://localhost:PORT"},
        {"FRONTEND_URL", "Listening", "http://localhost:5173",
         "Origins of the web app that may call us, separated by commas"},
        {"TRUSTED_PROXIES", "Listening", "",
         "Addresses or networks (10.0.0.0/8) of proxies whose X-Forwarded-For is believed, "
         "separated by commas"},

        {"DATA_DIR", "Storage", "",
         "Folder for the SQLite database and recordings; by default under the user's data folder"},
        {"DATABASE_URL", "Storage", "",
         "postgresql://user:password@host:5432/name; empty: SQLite in DATA_DIR", true},

        {"SECRET_KEY", "Security", "",
         "Signs access tokens; at least 32 characters. Required outside development", true},
        {"DATA_ENCRYPTION_KEY", "Security", "",
         "Seals what users entrust to us; `openssl rand -base64 32` makes one. Several: newest "
         "first, separated by commas; see --rotate-keys. Empty: from SECRET_KEY in development, "
         "otherwise no calendars and no accounts of users' own",
         true},
        {"ALGORITHM", "Security", "HS256", "Of access tokens; HS256 is the only one"},
        {"ACCESS_TOKEN_EXPIRE_MINUTES", "Security", "30", "Lifetime of access tokens, 1 to 1440"},
        {"REFRESH_TOKEN_ROTATION", "Security", "lenient",
         "lenient, or strict: a refresh token works once"},
        {"METRICS_TOKEN", "Security", "",
         "Bearer token for /metrics; empty: open to all who reach the port", true},
        {"ENABLE_SECURITY_HEADERS", "Security", "true", "Security headers on every answer"},
        {"ENABLE_HSTS", "Security", "true", "Strict-Transport-Security among them"},
        {"HSTS_MAX_AGE", "Security", "31536000", "Seconds"},
        {"XSS_PROTECTION", "Security", "true", "X-XSS-Protection"},
        {"CONTENT_TYPE_OPTIONS", "Security", "true", "X-Content-Type-Options"},
        {"FRAME_OPTIONS", "Security", "DENY", "X-Frame-Options; empty: not sent"},
        {"CONTENT_SECURITY_POLICY", "Security",
         "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' "
         "data:; connect-src 'self' wss: https:",
         "Content-Security-Policy; empty: not sent"},
        {"PERMISSIONS_POLICY", "Security",
         "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), "
         "microphone=(self), payment=(), usb=()",
         "Permissions-Policy; empty: not sent"},
        {"REFERRER_POLICY", "Security", "strict-origin-when-cross-origin",
         "Referrer-Policy; empty: not sent"},
        {"CACHE_CONTROL", "Security", "no-store, max-age=0",
         "Cache-Control of answers that set none; empty: not sent"},

        {"CAPTCHA_ENABLED", "Sign-up", "auto",
         "auto: reCAPTCHA where its keys are set; true: required; false: none. The mobile app is "
         "never asked"},
        {"RECAPTCHA_SITE_KEY", "Sign-up", "", "Google reCAPTCHA v2: the key that pages show"},
        {"RECAPTCHA_SECRET_KEY", "Sign-up", "", "The key that the server asks with", true},
        {"RECAPTCHA_BASE_URL", "Sign-up", "https://www.google.com", "Where it asks"},
        {"APPLE_CLIENT_IDS", "Sign-up", "",
         "Sign in with Apple: bundle ids of the apps, separated by commas; empty: no such sign-in"},
        {"APPLE_SERVICE_ID", "Sign-up", "", "Service id of the web sign-in; counts as one of them"},
        {"APPLE_ID_BASE_URL", "Sign-up", "https://appleid.apple.com", "Where Apple's keys are"},
        {"SMTP_URL", "Mail", "",
         "smtp://user:password@host:587 or smtps://...; empty: files in DATA_DIR/outbox in "
         "development, otherwise no mail and so no forgotten passwords",
         true},
        {"MAIL_FROM", "Mail", "", "Speech Assistant <noreply@example.com>; required with SMTP_URL"},

        {"TWILIO_ACCOUNT_SID", "Phone network", "",
         "Account that places the calls. Required outside development"},
        {"TWILIO_AUTH_TOKEN", "Phone network", "",
         "Its token; also checks the signatures of requests. Required outside development", true},
        {"TWILIO_PHONE_NUMBER", "Phone network", "",
         "The number that calls come from, E.164. Required outside development"},
        {"TWILIO_API_BASE_URL", "Phone network", "https://api.twilio.com", "Where its REST API is"},
        {"TWILIO_RECORDING", "Phone network", "true",
         "Let the phone network record outgoing calls too"},
        {"USE_TWILIO_VOICE_INTELLIGENCE", "Phone network", "false",
         "Have Twilio transcribe its recordings; its transcript takes the place of the live one"},
        {"TWILIO_VOICE_INTELLIGENCE_SID", "Phone network", "",
         "The Conversational Intelligence service (GA...) that does; its webhook is "
         "PUBLIC_URL/twilio-transcripts/webhook-callback"},
        {"TWILIO_INTELLIGENCE_BASE_URL", "Phone network", "https://intelligence.twilio.com/v2",
         "Where its API is"},
        {"MEDIA_STREAM_AUTH", "Phone network", "on",
         "off: anybody may open a media stream. Development only, for load tests"},

        {"OPENAI_API_KEY", "Voice model", "", "Required outside development", true},
        {"OPENAI_REALTIME_URL", "Voice model", "wss://api.openai.com/v1/realtime",
         "Where the Realtime API is"},
        {"OPENAI_REALTIME_MODEL", "Voice model", "gpt-realtime", "The model that speaks"},
        {"OPENAI_TRANSCRIBE_MODEL", "Voice model", "gpt-4o-mini-transcribe",
         "Transcribes the caller; empty: nobody does"},

        {"GOOGLE_CLIENT_ID", "Calendar", "",
         "OAuth client that users connect their Google Calendar with; empty: nobody can"},
        {"GOOGLE_CLIENT_SECRET", "Calendar", "", "Its secret", true},
        {"GOOGLE_REDIRECT_URI", "Calendar", "",
         "Where Google sends browsers back to, as the OAuth client has it; by default "
         "PUBLIC_URL/google-calendar/callback"},
        {"GOOGLE_API_BASE_URL", "Calendar", "https://www.googleapis.com",
         "Where the Calendar API is"},
        {"GOOGLE_OAUTH_BASE_URL", "Calendar", "",
         "Where consent (/o/oauth2/auth), /token and /revoke are; empty: accounts.google.com and "
         "oauth2.googleapis.com"},

        {"STRIPE_SECRET_KEY", "Payments", "",
         "Stripe's secret key (sk_...); empty: nobody can pay through Stripe", true},
        {"STRIPE_PUBLISHABLE_KEY", "Payments", "",
         "The key (pk_...) with which the web app asks Stripe for a card"},
        {"STRIPE_WEBHOOK_SECRET", "Payments", "",
         "Signing secret (whsec_...) of the endpoint PUBLIC_URL/payments/stripe-webhook; several "
         "while one takes the other's place, separated by commas. Empty: required with "
         "STRIPE_SECRET_KEY, but in development unsigned events are taken",
         true},
        {"STRIPE_API_BASE_URL", "Payments", "https://api.stripe.com", "Where its API is"},
        {"APP_STORE_BUNDLE_ID", "Payments", "",
         "Bundle id of the app whose purchases count; empty: none do. Notifications (version 2) go "
         "to PUBLIC_URL/mobile/app-store/webhook"},
        {"APP_STORE_SANDBOX", "Payments", "auto",
         "Purchases in Apple's sandbox count: true, false, or auto: in development"},
        {"APP_STORE_SHARED_SECRET", "Payments", "",
         "App-specific shared secret, for receipts of older apps; empty: signed transactions only",
         true},
        {"APP_STORE_RECEIPT_BASE_URL", "Payments", "https://buy.itunes.apple.com",
         "Where such receipts are checked"},
        {"APP_STORE_SANDBOX_RECEIPT_BASE_URL", "Payments", "https://sandbox.itunes.apple.com",
         "Where those of the sandbox are"},
        {"APPLE_ROOT_CA_FILE", "Payments", "",
         "PEM file that signed transactions must lead to; empty: Apple Root CA - G3, built in"},

        {"RECORD_CALLS", "Calls", "true",
         "Keep a two-channel WAV of each call under DATA_DIR/recordings"},
        {"CALL_LIMIT_SECONDS", "Calls", "3600", "Longest call, 10 to 3600"},
        {"ANSWERING_MACHINE_DETECTION", "Calls", "off",
         "Let the phone network find out who has answered: off, enable, or detect_message_end to "
         "wait for the end of a machine's greeting. An order may say otherwise"},
        {"ANSWERING_MACHINE_ACTION", "Calls", "hang_up",
         "What a machine that has answered gets: hang_up, or go_on"},

        {"ENABLE_RATE_LIMITING", "Limits", "true",
         "Limits per minute on the routes that have one; false is for load tests"},
        {"HTTP_MAX_HEADER_BYTES", "Limits", "16384", "Request line and header fields together"},
        {"HTTP_MAX_BODY_BYTES", "Limits", "1048576", "Body of a request"},
        {"HTTP_MAX_CONNECTIONS", "Limits", "10000", "Connections in all"},
        {"HTTP_MAX_CONNECTIONS_PER_PEER", "Limits", "256", "Connections from one address"},
        {"HTTP_FIRST_BYTE_MS", "Limits", "3000", "Until a new connection must say something"},
        {"HTTP_HEADER_MS", "Limits", "5000", "From the first byte to the end of the header"},
        {"HTTP_REQUEST_MS", "Limits", "10000", "From the first byte to the end of the body"},
        {"HTTP_IDLE_MS", "Limits", "15000", "Between two requests of one connection"},

        {"HTTP_LOOPS", "Threads", "1", "Threads that serve HTTP connections, 1 to 64"},
        {"BRIDGE_WORKERS", "Threads", "0",
         "Threads that carry calls, up to 64; 0: one less than there are cores, at least one"},
        {"STORE_THREADS", "Threads", "4", "Database connections, 1 to 64"},
        {"SLOW_THREADS", "Threads", "8",
         "Threads that hash passwords and wait for services outside, 1 to 64"},
        {"LOG_LEVEL", "Log", "info", "debug, info, warning or error"},
    };
    return settings;
}

} // namespace server::app
