<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name>console::api::ApiClient</name>
    <message>
        <source>This is not a phone assistant server.</source>
        <translation>Das ist kein Server des Telefonassistenten.</translation>
    </message>
    <message>
        <source>The server gave no ticket.</source>
        <translation>Der Server hat keine Eintrittskarte ausgestellt.</translation>
    </message>
    <message>
        <source>The server&apos;s answer is unreadable.</source>
        <translation>Die Antwort des Servers ist nicht lesbar.</translation>
    </message>
    <message>
        <source>Your session has ended. Please sign in again.</source>
        <translation>Ihre Sitzung ist beendet. Bitte melden Sie sich neu an.</translation>
    </message>
</context>
<context>
    <name>console::api::KeychainTokenStore</name>
    <message>
        <source>No key chain is available: your sign-in is kept in memory and ends with this session.</source>
        <translation>Es gibt keinen Schlüsselbund: Ihre Anmeldung bleibt nur im Arbeitsspeicher und endet mit dieser Sitzung.</translation>
    </message>
</context>
<context>
    <name>console::api::LiveFeed</name>
    <message>
        <source>The connection to the server was lost.</source>
        <translation>Die Verbindung zum Server ist abgebrochen.</translation>
    </message>
    <message>
        <source>The server cannot be reached.</source>
        <translation>Der Server ist nicht erreichbar.</translation>
    </message>
    <message>
        <source>The server has fallen silent.</source>
        <translation>Der Server ist verstummt.</translation>
    </message>
</context>
<context>
    <name>console::api::Problem</name>
    <message>
        <source>The server does not know this sign-in.</source>
        <translation>Der Server kennt diese Anmeldung nicht.</translation>
    </message>
    <message>
        <source>Your role does not allow this.</source>
        <translation>Ihre Rolle erlaubt das nicht.</translation>
    </message>
    <message>
        <source>The server does not know this any more.</source>
        <translation>Der Server kennt das nicht mehr.</translation>
    </message>
    <message>
        <source>Too many attempts. Please wait a moment.</source>
        <translation>Zu viele Versuche. Bitte warten Sie einen Augenblick.</translation>
    </message>
    <message>
        <source>The server is busy. Please try again.</source>
        <translation>Der Server ist ausgelastet. Bitte versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The server answered with an error (%1).</source>
        <translation>Der Server hat mit einem Fehler geantwortet (%1).</translation>
    </message>
    <message>
        <source>Nothing answers at this address.</source>
        <translation>Unter dieser Adresse antwortet niemand.</translation>
    </message>
    <message>
        <source>There is no server of this name.</source>
        <translation>Einen Server dieses Namens gibt es nicht.</translation>
    </message>
    <message>
        <source>The server did not answer in time.</source>
        <translation>Der Server hat nicht rechtzeitig geantwortet.</translation>
    </message>
    <message>
        <source>The server&apos;s certificate could not be verified.</source>
        <translation>Das Zertifikat des Servers konnte nicht geprüft werden.</translation>
    </message>
    <message>
        <source>The server cannot be reached.</source>
        <translation>Der Server ist nicht erreichbar.</translation>
    </message>
</context>
<context>
    <name>console::app::Autopilot</name>
    <message>
        <source>The picture could not be saved to %1.</source>
        <translation>Das Bild konnte nicht unter %1 gespeichert werden.</translation>
    </message>
</context>
<context>
    <name>console::app::MainWindow</name>
    <message>
        <source>no staff role</source>
        <translation>ohne Mitarbeiterrolle</translation>
    </message>
    <message>
        <source>Support</source>
        <translation>Support</translation>
    </message>
    <message>
        <source>Supervisor</source>
        <translation>Aufsicht</translation>
    </message>
    <message>
        <source>Billing</source>
        <translation>Abrechnung</translation>
    </message>
    <message>
        <source>Administrator</source>
        <translation>Administrator</translation>
    </message>
    <message>
        <source>Sign out</source>
        <translation>Abmelden</translation>
    </message>
    <message>
        <source>Phone assistant console</source>
        <translation>Konsole des Telefonassistenten</translation>
    </message>
    <message>
        <source>Phone assistant</source>
        <translation>Telefonassistent</translation>
    </message>
    <message>
        <source>End this session on this computer and on the server</source>
        <translation>Diese Sitzung hier und auf dem Server beenden</translation>
    </message>
    <message>
        <source>Signing in again…</source>
        <translation>Neue Anmeldung läuft …</translation>
    </message>
    <message>
        <source>Signing in…</source>
        <translation>Anmeldung läuft …</translation>
    </message>
    <message>
        <source>This account may not watch calls. Ask an administrator for a role.</source>
        <translation>Dieses Konto darf keine Anrufe verfolgen. Bitten Sie einen Administrator um eine Rolle.</translation>
    </message>
    <message>
        <source>Please sign in again. %1</source>
        <translation>Bitte melden Sie sich neu an. %1</translation>
    </message>
</context>
<context>
    <name>console::app::Options</name>
    <message>
        <source>Watches, hears and ends calls of the phone assistant.</source>
        <translation>Verfolgt, hört und beendet Anrufe des Telefonassistenten.</translation>
    </message>
    <message>
        <source>Show this help.</source>
        <translation>Diese Hilfe zeigen.</translation>
    </message>
    <message>
        <source>Show the version.</source>
        <translation>Die Version zeigen.</translation>
    </message>
    <message>
        <source>Address of the server.</source>
        <translation>Adresse des Servers.</translation>
    </message>
    <message>
        <source>Account to sign in with.</source>
        <translation>Konto für die Anmeldung.</translation>
    </message>
    <message>
        <source>Environment variable that holds the password.</source>
        <translation>Umgebungsvariable, in der das Passwort steht.</translation>
    </message>
    <message>
        <source>light, dark, or system (default).</source>
        <translation>light, dark oder system (Vorgabe).</translation>
    </message>
    <message>
        <source>Select the first call whenever none is selected.</source>
        <translation>Den ersten Anruf auswählen, sobald keiner ausgewählt ist.</translation>
    </message>
    <message>
        <source>Listen to the first talking call, and to the next when it ends.</source>
        <translation>Beim ersten Gespräch mithören, und beim nächsten, wenn es endet.</translation>
    </message>
    <message>
        <source>Save a picture of the window to this PNG file.</source>
        <translation>Ein Bild des Fensters in dieser PNG-Datei speichern.</translation>
    </message>
    <message>
        <source>Wait for this many talking calls (default 1).</source>
        <translation>Auf so viele Gespräche warten (Vorgabe 1).</translation>
    </message>
    <message>
        <source>Take the picture after this time anyway (default 60).</source>
        <translation>Das Bild spätestens nach dieser Zeit machen (Vorgabe 60).</translation>
    </message>
    <message>
        <source>Quit once the picture is saved.</source>
        <translation>Beenden, sobald das Bild gespeichert ist.</translation>
    </message>
    <message>
        <source>--%1 needs a number from 0 to 86400.</source>
        <translation>--%1 braucht eine Zahl von 0 bis 86400.</translation>
    </message>
    <message>
        <source>--server needs an http or https address.</source>
        <translation>--server braucht eine Adresse mit http oder https.</translation>
    </message>
    <message>
        <source>The theme is light, dark or system, not &quot;%1&quot;.</source>
        <translation>Das Farbschema heißt light, dark oder system, nicht „%1“.</translation>
    </message>
    <message>
        <source>Unexpected argument: %1</source>
        <translation>Unerwartetes Argument: %1</translation>
    </message>
</context>
<context>
    <name>console::audio::ListenPlayer</name>
    <message>
        <source>This computer has no sound output, so the call cannot be heard.</source>
        <translation>Dieser Rechner hat keine Tonausgabe, der Anruf ist daher nicht zu hören.</translation>
    </message>
    <message>
        <source>The sound output cannot play stereo.</source>
        <translation>Die Tonausgabe kann kein Stereo.</translation>
    </message>
    <message>
        <source>The sound output stopped working, so the call cannot be heard.</source>
        <translation>Die Tonausgabe ist ausgefallen, der Anruf ist daher nicht zu hören.</translation>
    </message>
</context>
<context>
    <name>console::models::LatencyModel</name>
    <message>
        <source>…</source>
        <translation>…</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>Turn %1: not answered yet</source>
        <translation>Runde %1: noch keine Antwort</translation>
    </message>
    <message>
        <source>Turn %1: %2 ms</source>
        <translation>Runde %1: %2 ms</translation>
    </message>
    <message>
        <source>Model&apos;s first audio after %1 ms, first frame sent after %2 ms</source>
        <translation>Erster Ton des Modells nach %1 ms, erster Ton gesendet nach %2 ms</translation>
    </message>
</context>
<context>
    <name>console::models::LiveCallsModel</name>
    <message>
        <source>Dialing</source>
        <translation>Wählt</translation>
    </message>
    <message>
        <source>Ringing</source>
        <translation>Klingelt</translation>
    </message>
    <message>
        <source>Connecting</source>
        <translation>Verbindet</translation>
    </message>
    <message>
        <source>Talking</source>
        <translation>Gespräch</translation>
    </message>
    <message>
        <source>Ending</source>
        <translation>Endet</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>Beendet</translation>
    </message>
    <message>
        <source>no account</source>
        <translation>kein Konto</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>%1, listening</source>
        <translation>%1, wird mitgehört</translation>
    </message>
    <message>
        <source>Caller level %1 dB</source>
        <translation>Pegel Anrufer %1 dB</translation>
    </message>
    <message>
        <source>Agent level %1 dB</source>
        <translation>Pegel Agent %1 dB</translation>
    </message>
    <message>
        <source>Agent: %1</source>
        <translation>Agent: %1</translation>
    </message>
    <message>
        <source>Caller: %1</source>
        <translation>Anrufer: %1</translation>
    </message>
    <message numerus="yes">
        <source>%1 · %n listener(s)</source>
        <translation>
            <numerusform>%1 · %n hört mit</numerusform>
            <numerusform>%1 · %n hören mit</numerusform>
        </translation>
    </message>
    <message>
        <source>From the caller&apos;s last word to the agent&apos;s first sound, latest turn</source>
        <translation>Vom letzten Wort des Anrufers bis zum ersten Ton des Agenten, jüngste Runde</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Stand</translation>
    </message>
    <message>
        <source>Caller</source>
        <translation>Anrufer</translation>
    </message>
    <message>
        <source>Agent</source>
        <translation>Agent</translation>
    </message>
    <message>
        <source>Phone</source>
        <translation>Telefon</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>Konto</translation>
    </message>
    <message>
        <source>Scenario</source>
        <translation>Szenario</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Last words</source>
        <translation>Letzte Worte</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>Latenz</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
</context>
<context>
    <name>console::models::LiveDesk</name>
    <message>
        <source>The call could not be hung up: %1</source>
        <translation>Der Anruf konnte nicht beendet werden: %1</translation>
    </message>
    <message>
        <source>Listening has stopped: %1</source>
        <translation>Das Mithören ist beendet: %1</translation>
    </message>
    <message>
        <source>The server refused this.</source>
        <translation>Der Server hat das abgelehnt.</translation>
    </message>
</context>
<context>
    <name>console::models::TranscriptModel</name>
    <message>
        <source>Caller: %1</source>
        <translation>Anrufer: %1</translation>
    </message>
    <message>
        <source>Agent: %1</source>
        <translation>Agent: %1</translation>
    </message>
    <message>
        <source>Agent: %1 Never heard: %2</source>
        <translation>Agent: %1 Nie gehört: %2</translation>
    </message>
</context>
<context>
    <name>console::views::CallPane</name>
    <message>
        <source>Listen</source>
        <translation>Mithören</translation>
    </message>
    <message>
        <source>Hang up</source>
        <translation>Auflegen</translation>
    </message>
    <message>
        <source>No call selected</source>
        <translation>Kein Anruf ausgewählt</translation>
    </message>
    <message>
        <source>Select a call above to follow what is said, how fast the agent answers, and what happened so far.</source>
        <translation>Wählen Sie oben einen Anruf aus: Dann sehen Sie, was gesagt wird, wie schnell der Agent antwortet und was bisher geschah.</translation>
    </message>
    <message>
        <source>End this call (Ctrl+H); asks first</source>
        <translation>Diesen Anruf beenden (Strg+H); fragt vorher</translation>
    </message>
    <message>
        <source>Ends the selected call after a question. Ctrl+H.</source>
        <translation>Beendet den ausgewählten Anruf nach einer Rückfrage. Strg+H.</translation>
    </message>
    <message>
        <source>Transcript</source>
        <translation>Mitschrift</translation>
    </message>
    <message>
        <source>Latency per turn</source>
        <translation>Latenz je Runde</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>incoming</source>
        <translation>eingehend</translation>
    </message>
    <message>
        <source>outgoing</source>
        <translation>ausgehend</translation>
    </message>
    <message numerus="yes">
        <source>%n turn(s)</source>
        <translation>
            <numerusform>%n Runde</numerusform>
            <numerusform>%n Runden</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n interruption(s)</source>
        <translation>
            <numerusform>%n Unterbrechung</numerusform>
            <numerusform>%n Unterbrechungen</numerusform>
        </translation>
    </message>
    <message>
        <source>Stop listening</source>
        <translation>Mithören beenden</translation>
    </message>
    <message>
        <source>Stop listening (Ctrl+L)</source>
        <translation>Mithören beenden (Strg+L)</translation>
    </message>
    <message>
        <source>Hear both sides of this call (Ctrl+L)</source>
        <translation>Beide Seiten dieses Anrufs hören (Strg+L)</translation>
    </message>
    <message>
        <source>Your role may not listen to calls</source>
        <translation>Ihre Rolle darf nicht mithören</translation>
    </message>
    <message>
        <source>median %1 ms</source>
        <translation>Median %1 ms</translation>
    </message>
</context>
<context>
    <name>console::views::CallsTable</name>
    <message>
        <source>Live calls</source>
        <translation>Laufende Anrufe</translation>
    </message>
    <message>
        <source>Arrow keys choose a call; its details are shown below.</source>
        <translation>Pfeiltasten wählen einen Anruf; Einzelheiten stehen darunter.</translation>
    </message>
</context>
<context>
    <name>console::views::ConnectionBanner</name>
    <message>
        <source>Try now</source>
        <translation>Jetzt versuchen</translation>
    </message>
    <message>
        <source>Connect to the server at once</source>
        <translation>Sofort mit dem Server verbinden</translation>
    </message>
    <message numerus="yes">
        <source>Next attempt in %n second(s).</source>
        <translation>
            <numerusform>Nächster Versuch in %n Sekunde.</numerusform>
            <numerusform>Nächster Versuch in %n Sekunden.</numerusform>
        </translation>
    </message>
    <message>
        <source>Trying again now.</source>
        <translation>Neuer Versuch läuft.</translation>
    </message>
    <message>
        <source>Connecting to the server again…</source>
        <translation>Verbindung zum Server wird neu aufgebaut …</translation>
    </message>
</context>
<context>
    <name>console::views::LatencyDelegate</name>
    <message>
        <source>Greeting</source>
        <translation>Begrüßung</translation>
    </message>
    <message>
        <source>Turn %1</source>
        <translation>Runde %1</translation>
    </message>
</context>
<context>
    <name>console::views::LivePage</name>
    <message>
        <source>Live calls</source>
        <translation>Laufende Anrufe</translation>
    </message>
    <message>
        <source>Hang up</source>
        <translation>Auflegen</translation>
    </message>
    <message>
        <source>Hang up the call with %1?</source>
        <translation>Das Gespräch mit %1 beenden?</translation>
    </message>
    <message>
        <source>The caller is cut off at once. This is written to the log.</source>
        <translation>Die Leitung wird sofort getrennt. Das wird protokolliert.</translation>
    </message>
    <message>
        <source>Keep the call</source>
        <translation>Gespräch behalten</translation>
    </message>
    <message>
        <source>No calls yet</source>
        <translation>Noch keine Anrufe</translation>
    </message>
    <message>
        <source>A call appears here the moment it is placed or comes in, and stays until it has ended.</source>
        <translation>Ein Anruf erscheint hier, sobald er gewählt wird oder eingeht, und bleibt, bis er beendet ist.</translation>
    </message>
    <message>
        <source>No access</source>
        <translation>Kein Zugang</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>Verbindet …</translation>
    </message>
    <message>
        <source>Asking the server for its calls.</source>
        <translation>Der Server wird nach seinen Anrufen gefragt.</translation>
    </message>
    <message numerus="yes">
        <source>%n talking</source>
        <translation>
            <numerusform>%n Gespräch</numerusform>
            <numerusform>%n Gespräche</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>console::views::NoticeBar</name>
    <message>
        <source>Close this message</source>
        <translation>Diese Meldung schließen</translation>
    </message>
</context>
<context>
    <name>console::views::SignInPage</name>
    <message>
        <source>Phone assistant</source>
        <translation>Telefonassistent</translation>
    </message>
    <message>
        <source>Sign in to watch calls live.</source>
        <translation>Melden Sie sich an, um Anrufe live zu verfolgen.</translation>
    </message>
    <message>
        <source>&amp;Server</source>
        <translation>&amp;Server</translation>
    </message>
    <message>
        <source>&amp;E-mail</source>
        <translation>&amp;E-Mail</translation>
    </message>
    <message>
        <source>you@example.com</source>
        <translation>sie@example.com</translation>
    </message>
    <message>
        <source>&amp;Password</source>
        <translation>&amp;Passwort</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>Anmelden</translation>
    </message>
    <message>
        <source>Please enter the server&apos;s address, such as https://calls.example.com.</source>
        <translation>Bitte geben Sie die Adresse des Servers ein, etwa https://calls.example.com.</translation>
    </message>
    <message>
        <source>Please enter your e-mail address.</source>
        <translation>Bitte geben Sie Ihre E-Mail-Adresse ein.</translation>
    </message>
    <message>
        <source>Please enter your password.</source>
        <translation>Bitte geben Sie Ihr Passwort ein.</translation>
    </message>
    <message>
        <source>Signing in…</source>
        <translation>Anmeldung läuft …</translation>
    </message>
</context>
<context>
    <name>console::views::StatusStrip</name>
    <message>
        <source>Server %1</source>
        <translation>Server %1</translation>
    </message>
    <message>
        <source>Sign-in not stored</source>
        <translation>Anmeldung nicht gespeichert</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>Nicht verbunden</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>Verbindet …</translation>
    </message>
    <message>
        <source>Connected</source>
        <translation>Verbunden</translation>
    </message>
    <message>
        <source>Connection lost</source>
        <translation>Verbindung verloren</translation>
    </message>
    <message>
        <source>No access</source>
        <translation>Kein Zugang</translation>
    </message>
    <message>
        <source>Not listening</source>
        <translation>Kein Mithören</translation>
    </message>
    <message>
        <source>Listening to %1</source>
        <translation>Mithören bei %1</translation>
    </message>
    <message>
        <source>Waiting for sound of %1</source>
        <translation>Wartet auf Ton von %1</translation>
    </message>
    <message numerus="yes">
        <source>%n live call(s)</source>
        <translation>
            <numerusform>%n laufender Anruf</numerusform>
            <numerusform>%n laufende Anrufe</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>console::views::TranscriptDelegate</name>
    <message>
        <source>Agent</source>
        <translation>Agent</translation>
    </message>
    <message>
        <source>Caller</source>
        <translation>Anrufer</translation>
    </message>
    <message>
        <source>%1 · %2 · interrupted</source>
        <translation>%1 · %2 · unterbrochen</translation>
    </message>
</context>
<context>
    <name>console::views::TranscriptView</name>
    <message>
        <source>Transcript</source>
        <translation>Mitschrift</translation>
    </message>
    <message>
        <source>What caller and agent said; words that were never heard are struck through.</source>
        <translation>Was Anrufer und Agent sagten; nie gehörte Worte sind durchgestrichen.</translation>
    </message>
</context>
</TS>
