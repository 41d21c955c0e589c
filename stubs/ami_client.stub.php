<?php

/**
 * The classes of the extension ami_client, for IDEs and static analysers. The extension declares the same classes in
 * ext/src/classes; a test compares both.
 *
 * Durations are float seconds, or int milliseconds if the name ends in Ms. Names that end in At are Unix times in float seconds.
 * Sizes are bytes. Names of headers and events are case-insensitive.
 * GenericAction, the strategies, AmiEvent, Response and Gap can be cloned and serialized. Live\Call and Live\Channel can be cloned.
 * All other classes refuse both. Classes whose objects only the extension creates have a private constructor.
 *
 * @generate-class-entries
 */

namespace Apn\AmiClient {
    /** State of a server's session. Only a Ready session accepts actions and receives events. */
    enum ConnectionState: string {
        /** There is no connection. */
        case Disconnected = "disconnected";
        /** The host name is being looked up. */
        case Resolving = "resolving";
        /** TCP and TLS are being set up. */
        case Connecting = "connecting";
        /** The connection is up. The client waits for the banner of Asterisk. */
        case Connected = "connected";
        /** The login was sent. */
        case Authenticating = "authenticating";
        /** The session accepts actions and receives events. */
        case Ready = "ready";
        /** Logoff was sent. */
        case Closing = "closing";
    }

    /** State of a server's circuit breaker, which pauses connects after repeated failures. */
    enum CircuitState: string {
        /** Connects are tried, with growing delays after failures. */
        case Closed = "closed";
        /** No connect is tried until ClientOptions::$circuitCooldown is over. */
        case Open = "open";
        /** The cooldown is over and a connect is being tried. If it fails, the breaker opens again. */
        case HalfOpen = "half_open";
    }

    /** Selects the event that is dropped when a server's event queue is full. */
    enum DropPolicy: string {
        /** The event that has waited longest. Listeners see current events. */
        case Oldest = "oldest";
        /** The event that has just arrived. Listeners see older events without a gap. */
        case Newest = "newest";
    }

    /** Outcome of an action whose time runs out after its response came. Without a response it always fails. */
    enum TimeoutBehavior: string {
        /** The action fails with ActionTimeoutException. */
        case Fail = "fail";
        /** The action succeeds with the events received so far. Response::$partial is true. */
        case Partial = "partial";
    }

    /** Why a session ended, or why a connect failed. */
    enum DisconnectReason: string {
        /** No process listens on the port, or the peer does not speak AMI. */
        case Refused = "refused";
        /** No route to the host, or another network error. */
        case Unreachable = "unreachable";
        /** The host name could not be resolved. */
        case Dns = "dns";
        /** The TLS handshake failed: the certificate is not trusted or has another name, or the port does not speak TLS. */
        case Tls = "tls";
        /** Name lookup, TCP and TLS together took longer than ClientOptions::$connectTimeout. */
        case ConnectTimeout = "connect_timeout";
        /** The login was not answered within ClientOptions::$loginTimeout. */
        case LoginTimeout = "login_timeout";
        /** Asterisk refused the account, the secret or the client's address. It does not say which. */
        case AuthFailed = "auth_failed";
        /** The account allows one session only (allowmultiplelogin=no) and has one. */
        case LoginInUse = "login_in_use";
        /** Asterisk closed the connection without a banner: too many connections have not logged in (authlimit). */
        case AuthLimit = "auth_limit";
        /** No byte came for ClientOptions::$readTimeout. */
        case ReadTimeout = "read_timeout";
        /** Asterisk closed or reset the connection. */
        case PeerClosed = "peer_closed";
        /** Asterisk announced its shutdown. */
        case Shutdown = "shutdown";
        /** The program closed the session. */
        case Requested = "requested";
        /** A bug of this client ended the session. */
        case InternalError = "internal_error";
    }

    /** Rule by which the manager selects a Ready server for an action that names none. */
    enum Routing: string {
        /** The default server: the first one, unless setDefaultServer() named another. */
        case DefaultServer = "default";
        /** The Ready servers in turn. */
        case RoundRobin = "round_robin";
        /** The Ready server with the fewest pending actions. */
        case LeastPending = "least_pending";
        /** The first Ready server in the order of configuration. */
        case Failover = "failover";
    }

    /** How the client logs in. */
    enum AuthMethod: string {
        /** MD5 challenge. Plain text only if the server has no Challenge and the link is TLS with a verified certificate, or loopback. */
        case Auto = "auto";
        /** MD5 challenge only. */
        case Md5 = "md5";
        /** The secret in plain text. */
        case Plain = "plain";
    }

    /**
     * Configuration of one Asterisk server. The secret is kept outside of PHP, so dumps, traces and logs do not contain it.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class ServerConfig {
        /** Name of the server in code, logs and metrics: 1 to 32 characters of A-Z a-z 0-9 . _ - */
        public string $key;
        /** Host name or IP address. A name is looked up at every connect. */
        public string $host;
        public int $port;
        /** Account of manager.conf. */
        public ?string $username;
        /** Bounds of this server. Null takes those of the manager. */
        public ?ClientOptions $options;
        /** Null connects without TLS. */
        public ?TlsOptions $tls;
        public AuthMethod $auth;
        /**
         * Event classes requested at login, such as "call,agent". Null requests all classes that the account may read, "off" none,
         * "auto" those that the listeners need.
         */
        public ?string $eventMask;

        /**
         * Username and secret are required, although their types allow null.
         *
         * @throws Exception\InvalidConfigurationException naming the field, the value (never the secret) and the range
         */
        public function __construct(
            string $key,
            string $host,
            int $port = 5038,
            ?string $username = null,
            #[\SensitiveParameter] ?string $secret = null,
            ?ClientOptions $options = null,
            ?TlsOptions $tls = null,
            AuthMethod $auth = AuthMethod::Auto,
            ?string $eventMask = null,
        ) {}

        /**
         * Makes the configuration from an array. tls is an array, a bool or TlsOptions, options an array or ClientOptions.
         *
         * @phpstan-param array<string, mixed> $config host, port, username, secret, tls, auth, event_mask, options; unknown keys are refused
         */
        public static function fromArray(string $key, #[\SensitiveParameter] array $config): ServerConfig {}
    }

    /**
     * TLS options of one server.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class TlsOptions {
        /**
         * PEM file with trusted certificates: a CA, or the server's own self-signed certificate, which is then pinned. Null trusts the
         * certificates of the system.
         */
        public ?string $caFile;
        /** Name that the server's certificate must have. Null takes the host. */
        public ?string $serverName;
        /** False accepts any certificate and logs a warning at every connect. */
        public bool $verifyPeer;
        /** PEM file with the client's certificate. Needs keyFile. */
        public ?string $certFile;
        /** PEM file with the key of the client's certificate. Needs certFile. */
        public ?string $keyFile;

        public function __construct(
            ?string $caFile = null,
            ?string $serverName = null,
            bool $verifyPeer = true,
            ?string $certFile = null,
            ?string $keyFile = null,
        ) {}
    }

    /**
     * A list of servers for a manager, in the order in which they were added.
     *
     * @implements \IteratorAggregate<string, ServerConfig>
     *
     * @strict-properties
     * @not-serializable
     */
    final class ServerRegistry implements \Countable, \IteratorAggregate {
        /** @phpstan-param list<ServerConfig> $servers */
        public function __construct(array $servers = []) {}
        /** @throws Exception\InvalidConfigurationException if the registry has a server of this key */
        public function add(ServerConfig $server): static {}
        public function has(string $key): bool {}
        /** @throws Exception\UnknownServerException */
        public function get(string $key): ServerConfig {}
        /** @phpstan-return array<string, ServerConfig> by key */
        public function all(): array {}
        public function count(): int {}
        /** @phpstan-return \Traversable<string, ServerConfig> */
        public function getIterator(): \Traversable {}
    }

    /**
     * Bounds of one server's session. ServerConfig::$options replaces all options of the manager. In AmiClientManager::fromConfig() the
     * options of a server are merged over the common ones, key by key.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class ClientOptions {
        /** Longest wait for name lookup, TCP and TLS together, in seconds: 0.05 to 300. */
        public float $connectTimeout;
        /** Longest wait from the connection to the accepted login, in seconds: 0.05 to 300. */
        public float $loginTimeout;
        /** A session without a byte for this many seconds is lost: 0.1 to 3600. The time that a running action may take is added. */
        public float $readTimeout;
        /** A session without a byte for this many seconds gets a Ping: 0.05 to 3600, and less than readTimeout. */
        public float $heartbeatInterval;
        /** Longest wait for an action's answer in seconds, unless the action has its own: 0.001 to 3600. */
        public float $actionTimeout;
        /** Upper limit of the first reconnect delay, in seconds: 0.001 to 3600. The delay is random, and its limit grows with each failure. */
        public float $reconnectMinDelay;
        /** Upper limit of every reconnect delay, in seconds: reconnectMinDelay to 86400. */
        public float $reconnectMaxDelay;
        /** Failed connects in a row that open the circuit breaker: 1 to 1000. */
        public int $circuitFailureThreshold;
        /** Seconds for which the circuit breaker stays open: 0.001 to 86400. A refused login opens it at once, and further ones double the time up to 15 minutes. */
        public float $circuitCooldown;
        /** Failed connects of a half-open circuit breaker that open it again: 1 to 100. */
        public int $circuitHalfOpenMaxProbes;
        /** Bytes that may wait to be written before send() throws BackpressureException: 4096 to 1 GiB. */
        public int $writeBufferLimit;
        /** Actions whose ending may wait for delivery before send() throws BackpressureException: 1 to 1000000. */
        public int $maxPendingActions;
        /**
         * Bytes of one answer with its list: 64 KiB to 1 GiB. A larger answer fails with ResponseTooLargeException. If the undelivered
         * answers of the server together hold more, send() throws BackpressureException.
         */
        public int $maxActionBytes;
        /** Events that may wait for listeners: 1 to 10000000. Further ones are dropped by dropPolicy. */
        public int $eventQueueCapacity;
        /** Memory of the events that may wait for listeners: 64 KiB to 4 GiB. */
        public int $eventQueueBytes;
        /** Selects the event that is dropped when the queue is full. */
        public DropPolicy $dropPolicy;
        /** @phpstan-var list<string> event names or patterns with *, which are dropped only if the queue has no other events */
        public array $protectedEvents;
        /**
         * Longest message from Asterisk: 64 KiB to 16 MiB. A longer one is skipped. If it is a response or a list item, its action fails with
         * ResponseTooLargeException; if it is an event that a listener wants, it leaves a Gap.
         */
        public int $maxFrameSize;
        /** Bytes read from the server in one tick: 4096 to 1 GiB. */
        public int $maxBytesReadPerTick;
        /** Messages parsed from the server in one tick: 1 to 1000000. */
        public int $maxFramesPerTick;

        /**
         * @phpstan-param list<string> $protectedEvents
         *
         * @throws Exception\InvalidConfigurationException naming the field, the value and the range
         */
        public function __construct(
            float $connectTimeout = 10.0,
            float $loginTimeout = 10.0,
            float $readTimeout = 30.0,
            float $heartbeatInterval = 15.0,
            float $actionTimeout = 30.0,
            float $reconnectMinDelay = 0.5,
            float $reconnectMaxDelay = 30.0,
            int $circuitFailureThreshold = 5,
            float $circuitCooldown = 30.0,
            int $circuitHalfOpenMaxProbes = 1,
            int $writeBufferLimit = 5242880,
            int $maxPendingActions = 5000,
            int $maxActionBytes = 67108864,
            int $eventQueueCapacity = 10000,
            int $eventQueueBytes = 16777216,
            DropPolicy $dropPolicy = DropPolicy::Oldest,
            array $protectedEvents = ["Hangup", "OriginateResponse"],
            int $maxFrameSize = 1048576,
            int $maxBytesReadPerTick = 1048576,
            int $maxFramesPerTick = 1000,
        ) {}

        /** @phpstan-param array<string, mixed> $options the properties in snake_case; an unknown key is refused, and the message names the most similar one */
        public static function fromArray(array $options): ClientOptions {}
    }

    /**
     * Bounds of the whole manager. They are given to its constructor and do not change.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class ClusterOptions {
        /** Events, endings of actions and state changes delivered in one tick: 1 to 1000000. */
        public int $maxEventsPerTick;
        /** Connects started in one tick: 1 to 1000. */
        public int $maxConnectAttemptsPerTick;
        /** Connects started in one second: 1 to 10000. */
        public int $maxConnectAttemptsPerSecond;
        /** Milliseconds without a tick after which a background thread does the I/O: 1 to 60000. 0 turns the thread off. */
        public int $stallGuardMs;
        /** Shortest time between two warnings about dropped events of one server, in milliseconds: 1 to 3600000. */
        public int $eventDropLogIntervalMs;
        /** True refuses servers whose host is not an IP address, so that no name is looked up. */
        public bool $enforceIpEndpoints;
        /** @phpstan-var list<string> names of headers and variables, * allowed, whose values are not logged, in addition to the built-in names */
        public array $redactionKeys;
        /** Lowest PSR-3 level of the records that the logger gets: "debug", "info", "warning" or "error". */
        public string $logLevel;

        /**
         * @phpstan-param list<string> $redactionKeys
         *
         * @throws Exception\InvalidConfigurationException naming the field, the value and the range
         */
        public function __construct(
            int $maxEventsPerTick = 1000,
            int $maxConnectAttemptsPerTick = 5,
            int $maxConnectAttemptsPerSecond = 50,
            int $stallGuardMs = 25,
            int $eventDropLogIntervalMs = 1000,
            bool $enforceIpEndpoints = false,
            array $redactionKeys = [],
            string $logLevel = "info",
        ) {}

        /** @phpstan-param array<string, mixed> $options the properties in snake_case; an unknown key is refused, and the message names the most similar one */
        public static function fromArray(array $options): ClusterOptions {}
    }

    /** An AMI action. PHP classes may implement the interface. GenericAction can express every action. */
    interface Action {
        /** Name of the action, such as "QueueStatus". */
        public function getName(): string;
        /**
         * Headers of the action. Null leaves a header out, a list repeats it, a bool is sent as "true" or "false". Variable takes a map of
         * NAME => value, whose values arrive literally.
         *
         * @phpstan-return array<string, null|scalar|list<scalar>|array<string, scalar>> by header name, without Action and ActionID
         */
        public function getParameters(): array;
        /** Null if the answer itself shows when the action is complete. This is right for almost every action. */
        public function getCompletionStrategy(): ?CompletionStrategy;
    }

    /**
     * Any action, made of its name and its headers.
     *
     * @strict-properties
     */
    final readonly class GenericAction implements Action {
        public string $name;
        /** @phpstan-var array<string, scalar|list<scalar>> */
        public array $parameters;
        public ?CompletionStrategy $strategy;

        /**
         * @phpstan-param array<string, null|scalar|list<scalar>|array<string, scalar>> $parameters as of Action::getParameters()
         *
         * @throws Exception\InvalidActionException if Asterisk would misread the action: CR, LF or NUL in a header, a line that is too long, too many
         *         lines, or a header ActionID
         */
        public function __construct(string $name, array $parameters = [], ?CompletionStrategy $strategy = null) {}
        /**
         * Returns a copy with this header set. An existing value is replaced, whatever the case of its name.
         *
         * @phpstan-param scalar|list<scalar>|array<string, scalar> $value
         */
        public function with(string $header, array|string|int|float|bool $value): GenericAction {}
        /** Returns a copy with this strategy. Null removes the strategy. */
        public function withStrategy(?CompletionStrategy $strategy): GenericAction {}
        public function __serialize(): array {}
        public function __unserialize(array $data): void {}
        public function getName(): string {}
        public function getParameters(): array {}
        public function getCompletionStrategy(): ?CompletionStrategy {}
    }

    /** Decides when an action is complete. The values are read once, when the action is sent. */
    interface CompletionStrategy {
        /** Longest time for the action. Null means ClientOptions::$actionTimeout, and for Originate its Timeout plus five seconds. */
        public function getMaxDurationMs(): ?int;
        /** Most responses and events together. One more fails the action with ResponseTooLargeException. Null sets no limit. */
        public function getMaxMessages(): ?int;
        /** @phpstan-return list<string> names of events that complete the action */
        public function getTerminalEventNames(): array;
        public function getTimeoutBehavior(): TimeoutBehavior;
    }

    /**
     * Completes the action with its first response, even if that response announces a list.
     *
     * @strict-properties
     */
    final readonly class SingleResponseStrategy implements CompletionStrategy {
        public ?int $maxDurationMs;

        /** @throws Exception\InvalidActionException if the time is not positive */
        public function __construct(?int $maxDurationMs = null) {}
        public function __unserialize(array $data): void {}
        public function getMaxDurationMs(): ?int {}
        public function getMaxMessages(): ?int {}
        public function getTerminalEventNames(): array {}
        public function getTimeoutBehavior(): TimeoutBehavior {}
    }

    /**
     * Completes the action with one of the named events, or with an event that has EventList: Complete. The events before it that have the
     * ActionID are its list.
     *
     * @strict-properties
     */
    final readonly class MultiEventStrategy implements CompletionStrategy {
        /** @phpstan-var list<string> */
        public array $terminalEventNames;
        public ?int $maxDurationMs;
        public ?int $maxMessages;
        public TimeoutBehavior $timeoutBehavior;

        /** @phpstan-param list<string> $terminalEventNames */
        public function __construct(
            array $terminalEventNames = [],
            ?int $maxDurationMs = null,
            ?int $maxMessages = null,
            TimeoutBehavior $timeoutBehavior = TimeoutBehavior::Fail,
        ) {}
        public function __unserialize(array $data): void {}
        public function getMaxDurationMs(): ?int {}
        public function getMaxMessages(): ?int {}
        public function getTerminalEventNames(): array {}
        public function getTimeoutBehavior(): TimeoutBehavior {}
    }

    /**
     * Completes the action with the end of Command output, in the form of Asterisk 14 and later or in the older form Response: Follows.
     *
     * @strict-properties
     */
    final readonly class FollowsResponseStrategy implements CompletionStrategy {
        public ?int $maxDurationMs;

        public function __construct(?int $maxDurationMs = null) {}
        public function __unserialize(array $data): void {}
        public function getMaxDurationMs(): ?int {}
        public function getMaxMessages(): ?int {}
        public function getTerminalEventNames(): array {}
        public function getTimeoutBehavior(): TimeoutBehavior {}
    }

    /**
     * Completes the action with an event that follows the response, such as OriginateResponse after an Originate with Async: true.
     *
     * @strict-properties
     */
    final readonly class AsyncEventStrategy implements CompletionStrategy {
        /** @phpstan-var list<string> */
        public array $terminalEventNames;
        public ?int $maxDurationMs;
        public ?int $maxMessages;
        public TimeoutBehavior $timeoutBehavior;

        /** @phpstan-param list<string> $terminalEventNames */
        public function __construct(
            array $terminalEventNames = ["OriginateResponse"],
            ?int $maxDurationMs = null,
            ?int $maxMessages = null,
            TimeoutBehavior $timeoutBehavior = TimeoutBehavior::Fail,
        ) {}
        public function __unserialize(array $data): void {}
        public function getMaxDurationMs(): ?int {}
        public function getMaxMessages(): ?int {}
        public function getTerminalEventNames(): array {}
        public function getTimeoutBehavior(): TimeoutBehavior {}
    }

    /**
     * A sent action. It ends exactly once, with a response or an exception. An exception that the program never asked for is logged.
     */
    interface Pending {
        public function getActionId(): string;
        public function getServerKey(): string;
        /** True after a tick has delivered the ending. */
        public function isFinished(): bool;
        /**
         * Registers a callback for the ending. If the action has already ended, the callback is called at once. An exception of the callback
         * goes to AmiClientManager::onListenerError().
         *
         * @phpstan-param callable(?\Throwable, ?Response): void $callback one of the arguments is null
         */
        public function onComplete(callable $callback): static;
        /**
         * Ticks until the action ends, and returns its response. Listeners run meanwhile. Inside a listener or callback it does I/O only
         * and calls no other listener.
         *
         * $timeout is in seconds. Null waits until the action ends, which its own time limits.
         *
         * @throws Exception\ActionErrorResponseException if Asterisk answered Error
         * @throws Exception\ActionTimeoutException if the action's own time ran out: it may have been executed
         * @throws Exception\AwaitTimeoutException if $timeout ran out: the action goes on
         * @throws Exception\OutcomeUnknownException if the session was lost after the action was sent: it may have been executed
         * @throws Exception\ActionNotSentException if the session was lost before the action was sent: it is safe to retry
         */
        public function await(?float $timeout = null): Response;
        /** The response. Null until a tick has delivered the ending, and if the action failed. */
        public function getResponse(): ?Response;
        /** The exception of a failed action. Null until a tick has delivered the ending, and if the action succeeded. */
        public function getException(): ?\Throwable;
        /**
         * Stops waiting: the action ends with ActionCancelledException, and a later answer is ignored. Asterisk may still execute the action.
         * Returns false if the action had already ended.
         */
        public function cancel(): bool;
    }

    /**
     * An action that a manager of this process has sent.
     *
     * @strict-properties
     * @not-serializable
     */
    final class PendingAction implements Pending {
        public readonly string $actionId;
        public readonly string $serverKey;
        public readonly Action $action;

        private function __construct() {}
        public function getActionId(): string {}
        public function getServerKey(): string {}
        public function isFinished(): bool {}
        /** @phpstan-param callable(?\Throwable, ?Response): void $callback */
        public function onComplete(callable $callback): static {}
        public function await(?float $timeout = null): Response {}
        public function getResponse(): ?Response {}
        public function getException(): ?\Throwable {}
        public function cancel(): bool {}
    }

    /** Sends actions. The type for a program's own services: the manager and each of its servers implement it, and so do fakes. */
    interface ActionSender {
        /**
         * Queues the action for the server and returns at once. A later tick writes it and reads its answer.
         *
         * @throws Exception\InvalidConnectionStateException if the server is not Ready
         * @throws Exception\BackpressureException if too many bytes or actions wait for the server
         * @throws Exception\InvalidActionException if Asterisk would misread the action
         */
        public function send(Action $action): Pending;
    }

    /**
     * A pattern for the $where argument of onEvent() and onCall(). * matches any text, and case matters. A plain string in $where matches exactly,
     * so that "*97" can be a feature code.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class Glob {
        public string $pattern;
        public function __construct(string $pattern) {}
    }

    /**
     * A registered listener. The listener stays registered if the program drops this object.
     *
     * @strict-properties
     * @not-serializable
     */
    final class Subscription {
        private function __construct() {}
        /** Removes the listener. It is not called any more, not even for the event that is being delivered. */
        public function cancel(): void {}
        /** True until the listener is cancelled. */
        public function isActive(): bool {}
    }

    /**
     * A period in which events of a server may be missing. What a program keeps about the server may be wrong, and should be read again.
     *
     * @strict-properties
     */
    final readonly class Gap {
        private function __construct() {}
        public string $serverKey;
        /** Unix time until which no event is missing. */
        public float $from;
        /** Unix time from which no event is missing again. */
        public float $to;
        /** Why the session ended. Null if a full queue dropped events, or if events were longer than ClientOptions::$maxFrameSize. */
        public ?DisconnectReason $reason;
        /** Number of missing events. 0 if the session ended, because the number is not known then. */
        public int $dropped;
        public function __unserialize(array $data): void {}
    }

    /**
     * An event or a response: a list of headers. Values are strings of bytes as Asterisk sent them, with escapes undone.
     *
     * `$message['Channel']` is get('Channel'): the first value, or null if the header is missing. isset() is true if the header exists. Iteration goes
     * over getHeaders(). Writing to an offset throws an \Error.
     *
     * @implements \ArrayAccess<string, ?string>
     * @implements \IteratorAggregate<string, string|list<string>>
     *
     * @strict-properties
     */
    abstract class Message implements \ArrayAccess, \Countable, \IteratorAggregate, \JsonSerializable {
        public readonly string $serverKey;
        /**
         * Number of the event among the events of its server that a listener wanted, dropped ones included: a missing number is a lost event. A
         * response has the number of the last such event before it. 0 if there was none, and for messages made by fromArray().
         */
        public readonly int $sequence;
        /** Number of the server's session, from 1. 0 for messages made by fromArray(). */
        public readonly int $session;

        private function __construct() {}

        /** The first value of the header, or null if the header is missing. */
        public function get(string $header): ?string {}
        /** @phpstan-return list<string> all values of the header */
        public function all(string $header): array {}
        /** The first value as an int. Null if the header is missing or is not a whole number. */
        public function int(string $header): ?int {}
        /** Like get(), but null for the values that Asterisk uses for "not known": "<unknown>", "<none>", "<null>" and "". */
        public function known(string $header): ?string {}
        /** @phpstan-return array<string, string|list<string>> by name in lower case; a list if the header came more than once */
        public function getHeaders(): array {}
        /** @phpstan-return list<array{string, string}> name and value of every line as received; the name is "" if the line has no colon */
        public function getRawHeaders(): array {}
        /** @phpstan-return array<string, string> channel variables by name, whatever header they came in (ChanVariable, DestChanVariable, Variable) */
        public function getVariables(): array {}
        public function getActionId(): ?string {}
        public function offsetExists(mixed $offset): bool {}
        /** @phpstan-return ?string the first value of the header, or null if the header is missing */
        public function offsetGet(mixed $offset): mixed {}
        public function offsetSet(mixed $offset, mixed $value): void {}
        public function offsetUnset(mixed $offset): void {}
        /** Number of different headers. */
        public function count(): int {}
        /** @phpstan-return \Traversable<string, string|list<string>> */
        public function getIterator(): \Traversable {}
        /** @phpstan-return array<string, string|list<string>> getHeaders() */
        public function jsonSerialize(): array {}
        /**
         * What var_dump(), print_r() and dd() show: the properties, the headers, and for a list the number of its events by name. Values of headers with
         * a secret name are shown as "***". The shape may change with any version.
         *
         * @phpstan-return array<string, mixed>
         */
        public function __debugInfo(): array {}
        public function __serialize(): array {}
        public function __unserialize(array $data): void {}
    }

    /**
     * An event.
     *
     * @strict-properties
     */
    final class AmiEvent extends Message {
        /** Name of the event as Asterisk spells it, such as "Hangup". */
        public readonly string $name;
        /** Unix time at which the event was read, with microseconds. */
        public readonly float $receivedAt;
        /**
         * Makes an event for tests and fakes. The headers must contain "Event". $receivedAt is a Unix time; null means now.
         *
         * @phpstan-param array<string, string|list<string>> $headers
         */
        public static function fromArray(string $serverKey, array $headers, ?float $receivedAt = null): AmiEvent {}
    }

    /**
     * The response to an action. Offsets, iteration and count() work on its own headers. getEvents() has the events of a list.
     *
     * @strict-properties
     */
    final class Response extends Message {
        /** False if Asterisk answered Error. */
        public readonly bool $success;
        /**
         * Makes a response without events for tests and fakes. The headers must contain "Response".
         *
         * @phpstan-param array<string, string|list<string>> $headers
         */
        public static function fromArray(string $serverKey, array $headers): Response {}
        /**
         * True if the answer is incomplete: the time ran out under TimeoutBehavior::Partial, or the session's event mask excludes OriginateResponse.
         */
        public readonly bool $partial;
        /** The header Message, or null if it is missing. */
        public function getMessage(): ?string {}
        /**
         * The events of the action's list, without the event that ends the list.
         *
         * @phpstan-param ?string $name name of the events to return, * allowed; null returns all
         *
         * @phpstan-return list<AmiEvent>
         */
        public function getEvents(?string $name = null): array {}
        /** The event that ended the action, such as QueueStatusComplete or OriginateResponse. Null if the response ended it. */
        public function getCompleteEvent(): ?AmiEvent {}
        /** Output of Command, with lines joined by "\n". Null for other actions. */
        public function getOutput(): ?string {}
    }

    /**
     * Counts of one tick.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class TickSummary {
        private function __construct() {}
        public int $bytesRead;
        public int $bytesWritten;
        /** Messages parsed. */
        public int $framesParsed;
        /** Events delivered to listeners. */
        public int $eventsDispatched;
        /** Events dropped by full queues. */
        public int $eventsDropped;
        /** Endings of actions delivered. */
        public int $actionsCompleted;
        public int $stateTransitions;
        /** Connects started. */
        public int $connectAttempts;
        /** True if input or deliveries are left. Call tick() again without waiting. */
        public bool $more;
        /** True if a count is not zero or $more is true. */
        public function hasProgress(): bool {}
    }

    /**
     * State and counters of one server at one moment. The counters begin when the server is added to the manager.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class ServerHealth implements \JsonSerializable {
        private function __construct() {}
        public string $serverKey;
        public ConnectionState $state;
        public CircuitState $circuit;
        /** Why the last session ended or the last connect failed. Null if neither has happened. */
        public ?DisconnectReason $lastDisconnect;
        /** Failed connects in a row. */
        public int $attempt;
        /** Unix time of the next connect. Null if none is planned. */
        public ?float $nextRetryAt;
        /** Actions whose ending was not delivered yet. */
        public int $pendingActions;
        /** Events that wait for listeners. */
        public int $queueDepth;
        /** Memory of the events that wait for listeners. */
        public int $queueBytes;
        public int $eventsReceived;
        /** Events that no listener wanted. */
        public int $eventsFiltered;
        /** Events lost to a full queue, or because they were longer than ClientOptions::$maxFrameSize. */
        public int $eventsDropped;
        /** Sessions that became Ready, after the first. */
        public int $reconnects;
        /** Round trip of the last heartbeat Ping, in seconds. Null before the first. */
        public ?float $lastPingSeconds;
        /** Unix time of the last message. Null before the first. */
        public ?float $lastReceivedAt;
        /** Seconds from the arrival of the last delivered event to the return of its listeners. Null before the first. */
        public ?float $eventLagSeconds;
        public function isReady(): bool {}
        public function jsonSerialize(): array {}
    }

    /**
     * One server of the manager.
     *
     * @strict-properties
     * @not-serializable
     */
    final class AmiClient implements ActionSender {
        public readonly string $serverKey;

        private function __construct() {}
        /**
         * Begins to connect at once, even if the circuit breaker is open. With $wait it ticks until the server is Ready, for at most so many seconds.
         *
         * @throws Exception\ConnectFailedException if the server did not become Ready in time; the message and $reason say why
         */
        public function open(float $wait = 0.0): static {}
        /** Sends Logoff and ticks until the session has ended. After $grace seconds the connection is cut. */
        public function close(float $grace = 0.5): void {}
        public function send(Action $action): PendingAction {}
        /**
         * Calls the listener for events of this server.
         *
         * @phpstan-param string|list<string> $names event names in any case, or patterns with * ("Queue*", "*")
         * @phpstan-param callable(AmiEvent): void $listener
         * @phpstan-param array<string, string|Glob|list<string|Glob>> $where headers that must match; a list matches if one of its values does
         */
        public function onEvent(string|array $names, callable $listener, array $where = []): Subscription {}
        /** @phpstan-param callable(string $serverKey, ConnectionState $from, ConnectionState $to, ?DisconnectReason $reason, string $detail): void $listener */
        public function onStateChange(callable $listener): Subscription {}
        /** @phpstan-param callable(Gap): void $listener called at the place of the missing events, between the events before and after them */
        public function onGap(callable $listener): Subscription {}
        public function state(): ConnectionState {}
        public function isReady(): bool {}
        public function health(): ServerHealth {}
    }

    /**
     * Sessions to any number of Asterisk servers. It works during tick(), run(), await(), open() and connectAll() with a wait, and close(). In between
     * a background thread keeps the sessions alive.
     *
     * @strict-properties
     * @not-serializable
     */
    final class AmiClientManager implements ActionSender {
        public const int MAX_TICK_TIMEOUT_MS = 60000;

        /**
         * @phpstan-param ServerRegistry|list<ServerConfig> $servers
         * @phpstan-param ?\Psr\Log\LoggerInterface $logger its exceptions are counted in the metrics and do not end a tick
         */
        public function __construct(ServerRegistry|array $servers = [], ?ClientOptions $options = null, ?object $logger = null, ?ClusterOptions $cluster = null) {}
        /**
         * Makes a manager from an array with the keys default, routing, servers, options and cluster. routing is a Routing or its value ("round_robin").
         *
         * @phpstan-param array<string, mixed> $config servers is an array of ServerConfig or of arrays as of ServerConfig::fromArray(), by key
         * @phpstan-param ?\Psr\Log\LoggerInterface $logger
         *
         * @throws Exception\InvalidConfigurationException naming the key, the value (never a secret) and the range
         */
        public static function fromConfig(#[\SensitiveParameter] array $config, ?object $logger = null): AmiClientManager {}

        /** The client of one server. An unknown key throws UnknownServerException. */
        public function server(string $key): AmiClient {}
        /** The client of the default server. */
        public function default(): AmiClient {}
        public function setDefaultServer(string $key): void {}
        /** @phpstan-return list<string> in the order of configuration */
        public function serverKeys(): array {}
        /** Adds a server, which open(), connectAll() or run() connects. */
        public function addServer(ServerConfig $server): AmiClient {}
        /** Closes the session as AmiClient::close() does and removes the server. */
        public function removeServer(string $key, float $grace = 0.5): void {}

        /**
         * Begins to connect every server that is not open. With $wait it ticks until all are Ready, for at most so many seconds.
         *
         * @phpstan-return array<string, DisconnectReason> by key, the servers that are not Ready and why; empty if all are Ready, and without $wait
         */
        public function connectAll(float $wait = 0.0): array {}
        /**
         * Logs off from every server, waits at most $grace seconds for the ends of the sessions, and delivers everything that is due. The background thread
         * ends and all descriptors are closed. A later open() begins anew; ask for getStream() again then. A second call does nothing.
         */
        public function terminate(float $grace = 0.5): void {}

        /**
         * The Ready server that the routing selects.
         *
         * @throws Exception\NoServerAvailableException if no server is Ready; the message has their states
         */
        public function select(): AmiClient {}
        /**
         * Sets how select() selects: a rule, or a callable that gets the Ready servers by key and returns one of them.
         *
         * @phpstan-param Routing|callable(array<string, AmiClient>): AmiClient $routing
         */
        public function routing(Routing|callable $routing): static {}
        /** Sends to the server of this key, or to select(). Name the server if the action names a channel, because channels belong to one server. */
        public function send(Action $action, ?string $server = null): PendingAction {}
        /**
         * Sends to every Ready server, or to the servers of these keys. If one of those is not Ready, it throws and sends to none.
         *
         * @phpstan-param list<string>|null $servers
         *
         * @phpstan-return array<string, PendingAction> by server key
         */
        public function sendAll(Action $action, ?array $servers = null): array {}

        /**
         * One bounded round: reads, runs timers, starts connects, writes, and calls listeners. It waits at most $timeoutMs for something to do, and not at all
         * if the last tick left deliveries. $timeoutMs is 0 to MAX_TICK_TIMEOUT_MS.
         */
        public function tick(int $timeoutMs = 0): TickSummary {}
        /**
         * Connects servers that are not open, then ticks until stop() is called or $until returns true.
         *
         * @phpstan-param (callable(): bool)|null $until called after every tick, at least ten times a second
         */
        public function run(?callable $until = null): void {}
        /**
         * Ends the current run(). If none is running, the next run() returns before its first tick. It also ends an open() or connectAll() that is waiting,
         * but not one that begins later.
         */
        public function stop(): void {}
        /**
         * Makes SIGTERM and SIGINT call stop(). Needs the extension pcntl, and must be called in the main thread of the process, which gets the signals.
         *
         * @throws \Error without pcntl, and in another thread
         */
        public function registerSignalHandlers(): void {}
        /** The handler that registerSignalHandlers() passes to pcntl. It does not keep a manager alive. */
        private static function onSignal(int $signal, mixed $info = null): void {}

        /**
         * Calls the listener for events of all servers.
         *
         * @phpstan-param string|list<string> $names event names in any case, or patterns with * ("Queue*", "*")
         * @phpstan-param array<string, string|Glob|list<string|Glob>> $where headers that must match; a list matches if one of its values does
         * @phpstan-param callable(AmiEvent): void $listener
         */
        public function onEvent(string|array $names, callable $listener, array $where = []): Subscription {}
        /** @phpstan-param callable(string $serverKey, ConnectionState $from, ConnectionState $to, ?DisconnectReason $reason, string $detail): void $listener */
        public function onStateChange(callable $listener): Subscription {}
        /** @phpstan-param callable(Gap): void $listener called at the place of the missing events, between the events before and after them */
        public function onGap(callable $listener): Subscription {}
        /**
         * Calls the handler with each exception of a listener or callback. Without a handler the exception is logged; without a logger PHP raises a warning.
         *
         * @phpstan-param callable(\Throwable, ?Message): void $handler the message is the event being delivered, if there is one
         */
        public function onListenerError(callable $handler): Subscription {}

        /**
         * The live model: the current calls of the servers. The first call of this method starts the model, on every server or on those of the options.
         * Sessions whose eventMask is "auto" then request event class call.
         *
         * @throws Exception\InvalidConfigurationException if a server's eventMask lacks class call, or if the model was started with other options
         */
        public function live(?Live\LiveOptions $options = null): Live\Model {}

        /** @phpstan-return array<string, ServerHealth> by server key */
        public function health(): array {}
        /**
         * Counters and gauges as metric families by name. Counters begin at construction. Metrics\PrometheusRenderer of the library renders them as text.
         *
         * @phpstan-return array<string, array{type: 'counter'|'gauge', help: string, values: list<array{labels: array<string, string>, value: int|float}>}>
         */
        public function metrics(): array {}
        /**
         * A stream that is readable while tick() has something to do, for stream_select() and event loops. Do not read from it.
         *
         * @return resource
         */
        public function getStream() {}
        /** Milliseconds until the next timer is due, for the timer of an event loop. Null if there is none. Call it again before each wait. */
        public function nextDeadlineMs(): ?int {}
    }
}

namespace Apn\AmiClient\Exception {
    /** Implemented by all exceptions of this library. No message contains a secret. */
    interface AmiThrowable extends \Throwable {
        /**
         * True if the action was certainly not executed: nothing was sent, or the answer proves it (Permission denied, Invalid/unknown command, a line that
         * Asterisk could not parse). Any other Error proves nothing: Asterisk also answers "Originate failed" after the phone rang.
         */
        public function isRetrySafe(): bool;
    }

    /** An option is out of its range, or a key is unknown. The message names the field, the value and the range. */
    final class InvalidConfigurationException extends \InvalidArgumentException implements AmiThrowable {
        public function isRetrySafe(): bool {}
    }
    /** Asterisk would misread the action. The message names the header. */
    final class InvalidActionException extends \InvalidArgumentException implements AmiThrowable {
        public function isRetrySafe(): bool {}
    }
    /** There is no server of this key. The message names the known keys. */
    final class UnknownServerException extends \InvalidArgumentException implements AmiThrowable {
        public function isRetrySafe(): bool {}
    }
    /** tick() or run() was called within a listener of the same manager. Use await() or onComplete() there. */
    final class ReentrantTickException extends \LogicException implements AmiThrowable {
        public function isRetrySafe(): bool {}
    }
    /** The object belongs to the parent process. A forked child makes its own manager. */
    final class ForkedProcessException extends \LogicException implements AmiThrowable {
        public function isRetrySafe(): bool {}
    }

    /** A failure at run time. */
    abstract class AmiException extends \RuntimeException implements AmiThrowable {
        /** Key of the server, if the failure belongs to one. */
        public readonly ?string $serverKey;
        /** ActionID of the action, if the failure belongs to one that was sent. */
        public readonly ?string $actionId;
        public function __construct(string $message = "", ?string $serverKey = null, ?string $actionId = null, ?\Throwable $previous = null) {}
        public function isRetrySafe(): bool {}
    }
    /** No server that the routing may select is Ready. */
    final class NoServerAvailableException extends AmiException {}
    /** open() with a wait did not reach Ready in time. The client goes on trying. */
    final class ConnectFailedException extends AmiException {
        public readonly ?\Apn\AmiClient\DisconnectReason $reason;
    }
    /** The server is not Ready. Nothing was sent. */
    final class InvalidConnectionStateException extends AmiException {
        public readonly \Apn\AmiClient\ConnectionState $state;
    }
    /** Too many bytes or actions wait for the server. Nothing was sent. */
    final class BackpressureException extends AmiException {}
    /** The session ended before a byte of the action was sent. */
    final class ActionNotSentException extends AmiException {}
    /** Asterisk answered Error. */
    final class ActionErrorResponseException extends AmiException {
        public readonly \Apn\AmiClient\Response $response;
    }
    /** The action's own time ran out. It may have been executed. */
    final class ActionTimeoutException extends AmiException {}
    /** await() waited for its whole timeout. The action goes on. */
    final class AwaitTimeoutException extends AmiException {}
    /** The session ended after the action was sent and before it was answered. It may have been executed. */
    final class OutcomeUnknownException extends AmiException {}
    /** The program called cancel(). The action may have been executed. */
    final class ActionCancelledException extends AmiException {}
    /** An answer exceeded maxFrameSize, maxActionBytes or the strategy's maxMessages. The rest of it is skipped, and the session goes on. */
    final class ResponseTooLargeException extends AmiException {}
    /** The live model of the server cannot answer, mostly because the account lacks a class of manager.conf. The message names the class. */
    final class LiveUnavailableException extends AmiException {
        /** The class to add to the account, such as "call" or "reporting". Null if no class is missing. */
        public readonly ?string $missingClass;
    }
}

namespace Apn\AmiClient\Live {
    /** How complete the live model of a server is. */
    enum State: string {
        /** There is no session. The model shows the last known state. */
        case Stale = "stale";
        /** Lists are being read. Until they are complete, calls may be missing or may already be over. */
        case Syncing = "syncing";
        /** The model shows what events and lists report. */
        case Current = "current";
        /** The account may not list channels. The model has the calls that began after the login. */
        case Partial = "partial";
        /** The account gets no events of calls. Lists are read every pollInterval, and a call between two of them is not seen. */
        case Deaf = "deaf";
        /** The account may not list channels and gets no events of calls. Methods that read calls throw. */
        case Denied = "denied";
    }

    /** A change of a call. Started, Ringing, Answered, Merged and Ended are reported at most once for each call. */
    enum Edge: string {
        /** The first channel of the call appeared, in an event or in a list. */
        case Started = "started";
        /** A phone rings. */
        case Ringing = "ringing";
        /** The call was answered. Call::answeredBy() is the phone. */
        case Answered = "answered";
        /** Two phones can hear each other that could not before. */
        case Connected = "connected";
        /** A phone put the call on hold. */
        case Held = "held";
        /** A phone took the call off hold. */
        case Resumed = "resumed";
        /** A phone transferred the call. */
        case Transferred = "transferred";
        /** A channel of the call was parked. When it is fetched, the call is Connected. */
        case Parked = "parked";
        /** The call became part of an older call, Call::mergedInto(). */
        case Merged = "merged";
        /** The last channel of the call is gone. */
        case Ended = "ended";
    }

    /** How a call, or one attempt of it, ended. */
    enum Outcome: string {
        case Answered = "answered";
        /** No phone answered in time. */
        case NoAnswer = "no_answer";
        case Busy = "busy";
        /** No circuit was free, the call was rejected, or the destination is out of order. A later attempt may succeed. */
        case Congestion = "congestion";
        /** The phone could not be reached, or no channel could be made. */
        case Failed = "failed";
        /** The caller hung up before the call was answered. */
        case Cancelled = "cancelled";
        /** The caller hung up while waiting in a queue. */
        case Abandoned = "abandoned";
        /** The call became part of another call. */
        case Merged = "merged";
        /** The end is not known: events of the call were lost, because the session or a frame was lost, or the server was removed. */
        case Lost = "lost";
    }

    /** State of a channel. The values are the numbers of Asterisk (channelstate.h). */
    enum ChannelState: int {
        case Down = 0;
        case Reserved = 1;
        case OffHook = 2;
        case Dialing = 3;
        case Ring = 4;
        case Ringing = 5;
        case Up = 6;
        case Busy = 7;
        case DialingOffHook = 8;
        case PreRing = 9;
    }

    /** A part of the live model. */
    enum Kind: string {
        /** Channels, bridges and calls. The model always has them. */
        case Calls = "calls";
        /** Queues with their members and callers. They need events of class agent, and the model requests a list from each server every queueInterval. */
        case Queues = "queues";
    }

    /** State of a device. The values are the numbers of Asterisk (devicestate.h). */
    enum DeviceState: int {
        case Unknown = 0;
        case NotInUse = 1;
        case InUse = 2;
        case Busy = 3;
        case Invalid = 4;
        case Unavailable = 5;
        case Ringing = 6;
        case RingInUse = 7;
        case OnHold = 8;
    }

    /** A change of a queue. */
    enum QueueChange: string {
        case Added = "added";
        case Joined = "joined";
        case Answered = "answered";
        case Abandoned = "abandoned";
        /** A caller left the queue for any reason. */
        case Left = "left";
        /** A member was added, removed or changed. */
        case Members = "members";
        /** A list had new values of Asterisk's counters, or another strategy. */
        case Counters = "counters";
        case Removed = "removed";
    }

    /**
     * The servers that have a live model, and the bounds of the models.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class LiveOptions {
        /** @phpstan-var list<string> keys of servers; an empty list means all servers */
        public array $servers;
        /** @phpstan-var list<Kind|value-of<Kind>> parts of the model besides the calls, which it always has */
        public array $kinds;
        /** Channels of one server: 1 to 1000000. The model does not have further channels; isTruncated() and the log report this. */
        public int $maxChannels;
        /** Queues of one server: 1 to 100000. The model does not have further queues; isTruncated() and the log report this. */
        public int $maxQueues;
        /** Members and callers of all queues of one server together: 1 to 1000000. */
        public int $maxQueueEntries;
        /** Ended calls of one server that call() finds and changesSince() returns: 0 to 100000. */
        public int $endedCalls;
        /** Memory of all models together: 1 MiB to 64 GiB. Half of it is divided equally among the servers. */
        public int $maxBytes;
        /** Seconds between two lists that check the model of a server: 1 to 86400. */
        public float $verifyInterval;
        /** Seconds between two lists of a server in State::Deaf: 1 to 3600. */
        public float $pollInterval;
        /** Seconds between two lists of the queues of a server: 1 to 86400. Asterisk sends no events about the changes of a `queue reload`. */
        public float $queueInterval;

        /**
         * @phpstan-param list<string> $servers
         * @phpstan-param list<Kind|value-of<Kind>> $kinds
         *
         * @throws \Apn\AmiClient\Exception\InvalidConfigurationException naming the field, the value and the range
         */
        public function __construct(
            array $servers = [],
            array $kinds = [],
            int $maxChannels = 20000,
            int $maxQueues = 2000,
            int $maxQueueEntries = 50000,
            int $endedCalls = 1000,
            int $maxBytes = 268435456,
            float $verifyInterval = 300.0,
            float $pollInterval = 5.0,
            float $queueInterval = 60.0,
        ) {}

        /** @phpstan-param array<string, mixed> $options the properties in snake_case; an unknown key is refused, and the message names the most similar one */
        public static function fromArray(array $options): LiveOptions {}
    }

    /**
     * The current calls and channels on the servers of a manager. tick() keeps them up to date, in native code.
     *
     * $server is the key of a server; null means all servers of the model. Methods that read calls throw LiveUnavailableException if the state of one of
     * these servers is Denied.
     *
     * @strict-properties
     * @not-serializable
     */
    final class Model {
        private function __construct() {}
        /** The state of the model: of its calls, or of its queues with Kind::Queues. With null it is the worst state of all servers: Denied, Stale, Deaf, Syncing, Partial, Current. */
        public function state(?string $server = null, ?Kind $kind = null): State {}
        /** True if the model lacks channels, queues, members or callers because of a bound of LiveOptions. */
        public function isTruncated(?string $server = null): bool {}
        /**
         * Ticks until the lists of all Ready servers are read. Returns false if that takes longer than $timeout seconds, or if no server is Ready by then.
         *
         * @throws \Apn\AmiClient\Exception\LiveUnavailableException
         */
        public function await(float $timeout): bool {}
        /**
         * The current calls. $party selects the calls in which a device ("PJSIP/alice") or number takes part, $answered those that were answered or not.
         *
         * @throws \Apn\AmiClient\Exception\LiveUnavailableException
         */
        public function calls(?string $server = null, ?string $party = null, ?bool $answered = null): Calls {}
        /**
         * The call with this Linkedid, or with a channel of this name or Uniqueid. A call that has ended is found by its Linkedid only, while it is among the
         * last LiveOptions::$endedCalls. Null if there is none.
         */
        public function call(string $idOrChannel, ?string $server = null): ?Call {}
        /** The channel with this name or Uniqueid. Null if there is none. */
        public function channel(string $nameOrUniqueId, ?string $server = null): ?Channel {}
        /**
         * The current queues.
         *
         * @phpstan-return list<Queue>
         *
         * @throws \Apn\AmiClient\Exception\LiveUnavailableException also if LiveOptions::$kinds does not have Kind::Queues
         */
        public function queues(?string $server = null): array {}
        /**
         * The queue of this name, on the first server that has one.
         *
         * @throws \Apn\AmiClient\Exception\LiveUnavailableException as queues()
         */
        public function queue(string $name, ?string $server = null): ?Queue {}
        /**
         * The channels of the phones that hear this party, through bridges and Local channels. Local channels themselves are not included.
         *
         * @phpstan-param string $party a device ("PJSIP/alice"), a number, or the name or Uniqueid of a channel
         *
         * @phpstan-return list<Channel>
         */
        public function talkingTo(string $party, ?string $server = null): array {}
        /** Requests the lists again. The state is Syncing until they are read. */
        public function resync(?string $server = null): void {}
        /**
         * Calls the listener when a call changes, after the events that caused the change. All changes of a call since the last tick come as one list.
         *
         * @phpstan-param callable(Call, list<Edge>): void $listener
         * @phpstan-param array<'server'|'party', string|\Apn\AmiClient\Glob|list<string|\Apn\AmiClient\Glob>> $where party is a device or a number that takes part
         * @phpstan-param list<Edge> $edges the changes to report; an empty list means all
         */
        public function onCall(callable $listener, array $where = [], array $edges = []): \Apn\AmiClient\Subscription {}
        /**
         * Calls $listener with the changes of a queue, after the events of the server that caused them. All changes of a queue since the last call come together.
         *
         * @phpstan-param callable(Queue, list<QueueChange>): void $listener
         * @phpstan-param string|null $name the queue to listen to; null means all queues
         */
        public function onQueue(callable $listener, ?string $name = null): \Apn\AmiClient\Subscription {}
        /** @phpstan-param callable(string $serverKey, State, Kind): void $listener called when the state of a server's model changes */
        public function onState(callable $listener): \Apn\AmiClient\Subscription {}
        /**
         * At most $max calls and queues together that changed since a version, the oldest change first. Begin with version 0, then give the version of the last
         * answer. $max is 1 to 100000.
         *
         * @throws \Apn\AmiClient\Exception\LiveUnavailableException
         */
        public function changesSince(int $version, int $max = 1000): Changes {}
        /**
         * Sends an Originate to the server of this key, or to AmiClientManager::select(). Async: true is added, and a ChannelId if the action has none. Like
         * send() it throws InvalidConnectionStateException if the server is not Ready.
         *
         * @throws \Apn\AmiClient\Exception\LiveUnavailableException if the model would not see the call: nothing was sent
         * @throws \Apn\AmiClient\Exception\InvalidActionException if the action is not an Originate
         */
        public function originate(\Apn\AmiClient\Action $originate, ?string $server = null): PendingCall {}
    }

    /**
     * The iterator of Calls.
     *
     * @strict-properties
     * @not-serializable
     * @implements \Iterator<int, Call>
     */
    final class CallIterator implements \Iterator {
        private function __construct() {}
        public function current(): Call {}
        public function key(): int {}
        public function next(): void {}
        public function rewind(): void {}
        public function valid(): bool {}
    }

    /**
     * The calls that existed when Model::calls() was called. Iteration makes the Call objects one by one; each shows its current state.
     *
     * @strict-properties
     * @not-serializable
     * @implements \IteratorAggregate<int, Call>
     */
    final class Calls implements \Countable, \IteratorAggregate {
        private function __construct() {}
        public function count(): int {}
        public function getIterator(): CallIterator {}
    }

    /**
     * A handle of a call: all channels that were ever connected with each other, both halves of Local channels included. Methods return the current state,
     * and the last state after the call is over.
     *
     * Two handles of one call are equal (==). Handles can be cloned but not serialized; jobs and caches take toArray().
     *
     * @strict-properties
     * @not-serializable
     */
    final class Call implements \JsonSerializable {
        public readonly string $serverKey;
        /** The oldest Linkedid of the call, which CDR and CEL contain too. */
        public readonly string $id;

        private function __construct() {}
        /** The first channel of the call. Null if it is not known. */
        public function caller(): ?Party {}
        /** The first phone that answered. Null before, and if it is not known. */
        public function answeredBy(): ?Party {}
        /**
         * The channels of the phones that take part now, without Local channels. Empty after the call is over.
         *
         * @phpstan-return list<Channel>
         */
        public function parties(): array {}
        /**
         * All channels of the call now, Local channels included. Empty after the call is over.
         *
         * @phpstan-return list<Channel>
         */
        public function channels(): array {}
        /**
         * The attempts to reach a phone, oldest first. The first 32 are kept.
         *
         * @phpstan-return list<Attempt>
         */
        public function attempts(): array {}
        public function isAnswered(): bool {}
        /** True if the call has ended or was merged into another call. */
        public function isOver(): bool {}
        /** Unix time at which the call began, or at which a list first showed it. */
        public function startedAt(): float {}
        /** Unix time at which a phone first rang. */
        public function ringingAt(): ?float {}
        /** Unix time at which the call was answered. */
        public function answeredAt(): ?float {}
        /** Unix time at which the call ended or was merged. */
        public function endedAt(): ?float {}
        /** Seconds from the first ringing to the answer, the end of the call, or now. 0.0 if no phone rang. */
        public function ringSeconds(): float {}
        /** Seconds from the answer to the end of the call, or to now. 0.0 if the call was not answered. */
        public function talkSeconds(): float {}
        /** How the call ended. Null while it goes on. */
        public function outcome(): ?Outcome {}
        /**
         * The Q.850 cause of the last Hangup that had one. The cause of a Local channel's second half, which runs the dialplan, takes precedence. Null if
         * Asterisk sent none.
         */
        public function cause(): ?int {}
        /** The name of the queue that the call waits in, or waited in last. */
        public function queue(): ?string {}
        /** The seconds that the call waited in that queue, until now if it still waits. */
        public function waitedSeconds(): ?float {}
        /** The interface of the queue member that answered: "PJSIP/alice". */
        public function agent(): ?string {}
        /** The name of the queue member that answered. */
        public function agentName(): ?string {}
        /** The older call that this call became part of. Null if it was not merged, or if the other call is not kept any more. */
        public function mergedInto(): ?Call {}
        /** @phpstan-return list<string> the Linkedids of all joined calls; the first one is the id */
        public function linkedIds(): array {}
        /**
         * The state at this moment: serverKey, id, linkedIds, caller, answeredBy, parties, attempts, isAnswered, isOver, startedAt, ringingAt, answeredAt,
         * endedAt, ringSeconds, talkSeconds, outcome, cause and mergedInto. Parties and attempts are arrays, an outcome is its value, mergedInto is an id.
         * Texts are the bytes that Asterisk sent.
         *
         * @phpstan-return array<string, mixed>
         */
        public function toArray(): array {}
        /**
         * toArray() with invalid UTF-8 replaced.
         *
         * @phpstan-return array<string, mixed>
         */
        public function jsonSerialize(): array {}
    }

    /**
     * A channel that takes part in a call. It does not change after it was made.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class Party {
        /** Name of the channel: "PJSIP/alice-0000000a". */
        public string $channel;
        public string $uniqueId;
        /** The channel's name without the number at its end: "PJSIP/alice". */
        public string $device;
        /** Number of the party (CallerIDNum). Empty if it is not known. */
        public string $number;
        /** Name of the party (CallerIDName). Empty if it is not known. */
        public string $name;

        private function __construct() {}
    }

    /**
     * One attempt of a call to reach a phone.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class Attempt {
        /** Name of the channel that was dialled: "PJSIP/alice-0000000a". */
        public string $channel;
        /** The channel's name without the number at its end: "PJSIP/alice". */
        public string $device;
        /** Unix time at which the attempt began. */
        public float $since;
        /** How the attempt ended. Null while it goes on. */
        public ?Outcome $outcome;

        private function __construct() {}
    }

    /**
     * A handle of a channel. Methods return the current state, and the last state after the channel is gone. A text is empty if Asterisk sent none.
     *
     * @strict-properties
     * @not-serializable
     */
    final class Channel implements \JsonSerializable {
        public readonly string $serverKey;
        public readonly string $uniqueId;
        /** "PJSIP/alice-0000000a" */
        public readonly string $name;
        /** The name without the number at its end: "PJSIP/alice". */
        public readonly string $device;
        /** Unix time at which the channel was made, or at which a list first showed it. */
        public readonly float $createdAt;

        private function __construct() {}
        /** False after the channel is gone. */
        public function isAlive(): bool {}
        /** Null if Asterisk sent no number, or one that it does not define. */
        public function state(): ?ChannelState {}
        /** Number of the channel's own party (CallerIDNum). */
        public function number(): string {}
        /** Name of the channel's own party (CallerIDName). */
        public function callerName(): string {}
        /** Number of the other party (ConnectedLineNum). */
        public function connectedNumber(): string {}
        /** Name of the other party (ConnectedLineName). */
        public function connectedName(): string {}
        public function accountCode(): string {}
        public function context(): string {}
        public function exten(): string {}
        public function priority(): string {}
        /** The application of the dialplan. It is that of the last list unless the account reads class dialplan. */
        public function application(): string {}
        /** The arguments of the application. */
        public function applicationData(): string {}
        public function linkedId(): string {}
        /** Asterisk's id of the bridge that the channel is in (BridgeUniqueid); "" if it is in none, or gone. */
        public function bridgeId(): string {}
        /** True while the phone of this channel has the call on hold (events Hold and Unhold). */
        public function isOnHold(): bool {}
        /** Unix time at which the channel was first seen in state Up. */
        public function upAt(): ?float {}
        /** The call that the channel is part of, or was part of; null if the model does not keep it any more. */
        public function call(): ?Call {}
        /**
         * The channels of the phones that hear this channel, through bridges and Local channels. Local channels themselves are not included.
         *
         * @phpstan-return list<Channel>
         */
        public function peers(): array {}
        /**
         * The properties and the state at this moment, without isAlive, call and peers. The keys have the names of the methods; state is Asterisk's number. Texts
         * are the bytes that Asterisk sent.
         *
         * @phpstan-return array<string, mixed>
         */
        public function toArray(): array {}
        /**
         * toArray() with invalid UTF-8 replaced.
         *
         * @phpstan-return array<string, mixed>
         */
        public function jsonSerialize(): array {}
    }

    /**
     * A queue. Methods return the current values, or the last ones if the server does not have the queue any more.
     *
     * Asterisk's own counters have the values of the last list, which was read at countedAt(). The seen…() methods count the events since the model was started.
     *
     * @strict-properties
     * @not-serializable
     */
    final class Queue implements \JsonSerializable {
        public readonly string $serverKey;
        public readonly string $name;

        private function __construct() {}
        /** False if the server does not have the queue any more. */
        public function exists(): bool {}
        /** "ringall" */
        public function strategy(): string {}
        /**
         * The waiting callers, in Asterisk's order.
         *
         * @phpstan-return list<QueueCaller>
         */
        public function callers(): array {}
        /** @phpstan-return list<QueueMember> */
        public function members(): array {}
        /**
         * The members that Asterisk would give a call to: not paused, and not in use.
         *
         * @phpstan-return list<QueueMember>
         */
        public function available(): array {}
        public function member(string $interface): ?QueueMember {}
        /** The waiting time of the caller that waits longest; 0.0 if no caller waits. */
        public function longestWaitSeconds(): float {}
        public function completed(): int {}
        public function abandoned(): int {}
        public function averageHoldSeconds(): float {}
        public function averageTalkSeconds(): float {}
        /** The time within which a call is to be answered, from the configuration of the queue. */
        public function serviceLevelSeconds(): float {}
        public function serviceLevelPercent(): float {}
        public function countedAt(): float {}
        public function seenJoined(): int {}
        public function seenAnswered(): int {}
        public function seenAbandoned(): int {}
        /** Callers that left the queue for any reason. */
        public function seenLeft(): int {}
        /**
         * All of the above at one moment, texts as Asterisk has them, states as their numbers.
         *
         * @phpstan-return array<string, mixed>
         */
        public function toArray(): array {}
        /**
         * As toArray(), with what is not UTF-8 replaced.
         *
         * @phpstan-return array<string, mixed>
         */
        public function jsonSerialize(): array {}
    }

    /**
     * A member of a queue. Methods return the current values, or those of the last read if the queue does not have the member any more.
     *
     * @strict-properties
     * @not-serializable
     */
    final class QueueMember implements \JsonSerializable {
        public readonly string $serverKey;
        public readonly string $queue;
        /** "PJSIP/alice" */
        public readonly string $interface;

        private function __construct() {}
        /** False if the queue does not have the member any more. */
        public function exists(): bool {}
        public function name(): string {}
        /** The device whose state is the state of the member. */
        public function stateInterface(): string {}
        /** Null where Asterisk's number is not known. */
        public function state(): ?DeviceState {}
        /** True if Asterisk would give it a call: not paused, and not in use. */
        public function isAvailable(): bool {}
        public function isPaused(): bool {}
        /** Empty if the member is not paused, or if no reason was given. */
        public function pauseReason(): string {}
        public function penalty(): int {}
        /** True if it was added at run time, not by the configuration. */
        public function isDynamic(): bool {}
        /** isInCall(), callsTaken() and lastCallAt() have the values of the last list or event: Asterisk sends no event when they change. */
        public function isInCall(): bool {}
        public function callsTaken(): int {}
        public function lastCallAt(): ?float {}
        /** The current call of its device, whether it came through a queue or not. */
        public function call(): ?Call {}
        /**
         * All of the above at one moment, texts as Asterisk has them and the state as its number.
         *
         * @phpstan-return array<string, mixed>
         */
        public function toArray(): array {}
        /**
         * As toArray(), with what is not UTF-8 replaced.
         *
         * @phpstan-return array<string, mixed>
         */
        public function jsonSerialize(): array {}
    }

    /**
     * A caller that waits in a queue. Number and name are those with which the caller joined.
     *
     * @strict-properties
     * @not-serializable
     */
    final class QueueCaller implements \JsonSerializable {
        public readonly string $serverKey;
        public readonly string $queue;
        public readonly string $uniqueId;
        public readonly string $channelName;
        public readonly string $number;
        public readonly string $name;
        public readonly float $joinedAt;

        private function __construct() {}
        public function isWaiting(): bool {}
        /** The position, from 1 up. Null if the caller does not wait any more. */
        public function position(): ?int {}
        /** The seconds until the caller left the queue, or until now. */
        public function waitSeconds(): float {}
        /** The caller's channel. Null if it does not exist any more. */
        public function channel(): ?Channel {}
        public function call(): ?Call {}
        /**
         * All of the above at one moment, texts as Asterisk has them.
         *
         * @phpstan-return array<string, mixed>
         */
        public function toArray(): array {}
        /**
         * As toArray(), with what is not UTF-8 replaced.
         *
         * @phpstan-return array<string, mixed>
         */
        public function jsonSerialize(): array {}
    }

    /**
     * The answer of Model::changesSince().
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class Changes {
        /** The version to give to the next changesSince(). */
        public int $version;
        /** True if the changes are not known. Read Model::calls() and queues() then, and go on with $version. */
        public bool $isReset;
        /** True if more calls and queues changed than $max. Call changesSince() again with $version. */
        public bool $hasMore;
        /** @phpstan-var list<Call> in the order of their last changes; a call that is over comes once */
        public array $calls;
        /** @phpstan-var list<Queue> in the order of their last changes; a queue that was removed comes once, and its exists() is false */
        public array $queues;

        private function __construct() {}
    }

    /**
     * A call that Model::originate() asked for.
     *
     * @strict-properties
     * @not-serializable
     */
    final class PendingCall {
        public readonly string $serverKey;
        /** The Uniqueid of the call's first channel. */
        public readonly string $channelId;
        /** The Originate that was sent. */
        public readonly \Apn\AmiClient\PendingAction $action;

        private function __construct() {}
        /**
         * The call. Null before its first channel appears, and if the action failed. If Asterisk answers that no channel could be made, it is a call that is
         * over, with that outcome.
         */
        public function call(): ?Call {}
        /**
         * Ticks until the call is answered or over, and returns it; Call::isAnswered() says which. Inside a listener it does I/O only. $timeout is in seconds;
         * null waits without a limit.
         *
         * @throws \Apn\AmiClient\Exception\AmiException the exceptions of ended()
         */
        public function answered(?float $timeout = null): Call {}
        /**
         * Ticks until the call is over, and returns it. Inside a listener it does I/O only. $timeout is in seconds; null waits without a limit.
         *
         * @throws \Apn\AmiClient\Exception\AwaitTimeoutException if $timeout ran out: the call goes on
         * @throws \Apn\AmiClient\Exception\ActionErrorResponseException if the server refused the Originate
         * @throws \Apn\AmiClient\Exception\OutcomeUnknownException if the session was lost before the model saw the call: it may have been placed
         * @throws \Apn\AmiClient\Exception\LiveUnavailableException if the call was placed and the model does not see it
         */
        public function ended(?float $timeout = null): Call {}
    }
}

namespace Apn\AmiClient\Testing {
    /**
     * Asterisk servers in memory, for tests. The manager is the real one, without sockets and threads, and its time moves only as described here.
     *
     * The servers answer as a real Asterisk does, or as respond() says. The time begins at the real time. tick(), await(), connectAll() and run() do not
     * wait: they move the time to the next thing that happens. The server sends no events about a login (FullyBooted, security). A run() that is
     * not stopped slows down to ten rounds a second after 25 hours of the fake's time without anything but heartbeats.
     *
     * @strict-properties
     * @not-serializable
     */
    final class FakeAsterisk {
        /**
         * Makes one server for each key. $release is the release of Asterisk: 1.8, 10, 11, 12, 13.1, 13.4, 13, 14, 15, 16, 18, 20, 21, 22 or 23.
         *
         * @phpstan-param list<string> $serverKeys
         */
        public function __construct(array $serverKeys = ["pbx1"], string $release = "22") {}
        /**
         * The manager of the servers, which uses the fake's time. Every call returns the same manager. Only the first call may have arguments; a later one with
         * arguments throws InvalidConfigurationException.
         */
        public function manager(?\Apn\AmiClient\ClientOptions $options = null, ?object $logger = null, ?\Apn\AmiClient\ClusterOptions $cluster = null): \Apn\AmiClient\AmiClientManager {}
        /**
         * Sets the answer to an action from now on, on one server or on all. The answer is an array of the response's headers, in which a list repeats a
         * header. "Response" is "Success" if it is missing. The key "events" has a list of header arrays; EventList: start, the event that ends the
         * list and EventList: Complete are added if they are missing. The events of Originate, WaitEvent, FAXSession and FAXStats are sent unchanged.
         *
         * A callable returns such an array. If it throws, the exception is thrown by the tick() or await() that called it, and the action is answered with Error.
         *
         * @phpstan-param array<string, mixed>|callable(\Apn\AmiClient\GenericAction, string $serverKey): array<string, mixed> $answer
         */
        public function respond(string $action, array|callable $answer, ?string $serverKey = null): static {}
        /** Makes an action not be answered from now on. await() then moves the time to the action's timeout and throws ActionTimeoutException. */
        public function ignore(string $action, ?string $serverKey = null): static {}
        /**
         * Sends an event with these headers to the server's session. If no session is Ready, the event is lost, as on a real server.
         *
         * @phpstan-param array<string, scalar|list<scalar>> $headers
         */
        public function emit(string $serverKey, string $event, array $headers = []): static {}
        /**
         * One phone calls another. "PJSIP/alice" and "alice" are the same phone. The called phone is dialled and does not ring yet.
         *
         * The server sends the events of a real server, and its lists contain the call. $number and $name are those of the caller. Without a number it is
         * the name of the phone. $name may be any bytes.
         */
        public function call(string $serverKey, string $from, string $to, string $number = "", string $name = ""): FakeCall {}
        /**
         * Configures a queue with these static members: "PJSIP/alice", or "alice" for the same. The lists of the server have it; no event reports it.
         *
         * @phpstan-param list<string> $members
         */
        public function queue(string $serverKey, string $name, array $members = []): FakeQueue {}
        /**
         * The true state of the server, independent of the events sent so far. Tests compare it with the state that a program has built.
         *
         * A call has the channels that belong together. Its id is the oldest of their Linkedids; its channels are given by Uniqueid.
         *
         * @phpstan-return array{
         *     channels: list<array{name: string, uniqueid: string, linkedid: string, state: string, number: string, callerName: string, connectedNumber: string, account: string, exten: string, bridge: string|null}>,
         *     bridges: list<array{id: string, purpose: "talk"|"conference"|"holding", channels: list<string>}>,
         *     calls: list<array{id: string, channels: list<string>}>,
         *     queues: list<array{name: string, strategy: string, members: list<array{interface: string, state: int, isPaused: bool, reason: string, penalty: int, isDynamic: bool}>, callers: list<string>, completed: int, abandoned: int}>
         * }
         */
        public function truth(string $serverKey): array {}
        /** Delays events by 0 to 3600 seconds from now on, as a busy server does. Answers, lists, UserEvent and OriginateResponse are not delayed. */
        public function lag(string $serverKey, float $seconds): static {}
        /** Makes the server refuse logins from now on, or accept them again. An existing session stays. */
        public function refuseLogin(string $serverKey, bool $refuse = true): static {}
        /** Closes the connection of the server's session. The client can connect again. */
        public function dropSession(string $serverKey): static {}
        /** Moves the time forward by 0 seconds to ten years. The manager does everything that becomes due on the way. */
        public function advance(float $seconds): static {}
        /**
         * The actions that the program sent, in order, with the headers as the server reads them. The client's own Login, Ping and Events are not included.
         *
         * @phpstan-return list<array{string, \Apn\AmiClient\GenericAction}> server key and action
         */
        public function sent(): array {}
    }

    /**
     * A call between two phones of a FakeAsterisk, made by FakeAsterisk::call(). Each step changes the server at once; the next tick delivers its events.
     *
     * A step that is not possible, such as answering twice, throws a LogicException and changes nothing.
     *
     * @strict-properties
     * @not-serializable
     */
    final class FakeCall {
        public readonly string $serverKey;
        /** The Linkedid of the call when it began: the Uniqueid of the calling channel. */
        public readonly string $id;
        /** Name of the calling channel. */
        public readonly string $caller;
        private function __construct() {}
        /** Name of the called channel. After a transfer or a pick-up it is the channel of the new phone. It stays known after the call has ended. */
        public function callee(): string {}
        /** The called phone rings. */
        public function ring(): static {}
        /** The called phone answers. It need not have rung before. */
        public function answer(): static {}
        /** The called phone puts the caller on hold. */
        public function hold(): static {}
        /** The called phone takes the caller off hold. */
        public function resume(): static {}
        /** Blind transfer: the called phone transfers the caller to another phone and hangs up. The other phone is dialled, and can ring and answer. */
        public function transfer(string $to): static {}
        /**
         * Attended transfer: the called phone connects the caller with the phone that it has called in $second, and hangs up. This call goes on with that
         * phone; $second has ended. Both calls must be answered.
         */
        public function attendedTransfer(FakeCall $second): static {}
        /** Another phone picks up the call, which must not be answered yet. */
        public function pickUp(string $by): static {}
        /**
         * Both phones hang up. $cause is 0 to 127. If the call was not answered, it says why: 16 the caller gave up, 17 busy, 19 no answer, 34 congestion.
         */
        public function hangup(int $cause = 16): static {}
    }

    /**
     * A queue of a FakeAsterisk, created by queue(). A step takes place at once; the next tick delivers its events. A step for an unknown member has no effect.
     *
     * @strict-properties
     * @not-serializable
     */
    final class FakeQueue {
        public readonly string $serverKey;
        public readonly string $name;
        private function __construct() {}
        /** A phone calls and waits in the queue. Without a number it is the name of the phone. */
        public function join(string $from, string $number = "", string $name = ""): FakeQueueCaller {}
        /**
         * Replaces the static members as `queue reload` does: no event reports it.
         *
         * @phpstan-param list<string> $members
         */
        public function reload(array $members): static {}
        /** Adds a dynamic member. */
        public function add(string $member): static {}
        public function remove(string $member): static {}
        public function pause(string $member, string $reason = ""): static {}
        public function unpause(string $member): static {}
        public function penalty(string $member, int $penalty): static {}
        /** Changes the state of the member's device. */
        public function device(string $member, \Apn\AmiClient\Live\DeviceState $state): static {}
    }

    /**
     * A caller in a FakeQueue, created by join().
     *
     * A step that is not possible, such as answer() while no member rings, throws a LogicException and changes nothing.
     *
     * @strict-properties
     * @not-serializable
     */
    final class FakeQueueCaller {
        public readonly string $serverKey;
        /** The Uniqueid of the caller's channel. */
        public readonly string $id;
        /** The name of the caller's channel. */
        public readonly string $channel;
        private function __construct() {}
        /** A member of the queue rings. */
        public function ring(string $member): static {}
        /** The member that rings answers. */
        public function answer(): static {}
        /** The member that rings does not answer. */
        public function miss(): static {}
        /** The caller leaves the queue, as after its timeout. */
        public function leave(): static {}
        /** The caller is bridged with a phone, as by the action Bridge. As on a real server, there is no QueueCallerLeave. */
        public function pull(string $to): static {}
        /** The caller hangs up, and so does the other party. A waiting caller abandons the queue. */
        public function hangup(int $cause = 16): static {}
    }
}
