<?php

/**
 * The PHP surface of the extension ami_client, for readers and their tools. The extension says it once more, in
 * ext/src/classes; a test compares both.
 *
 * Times are float seconds unless a name ends in Ms. Sizes are bytes. Header and event names are case-insensitive everywhere.
 * GenericAction, the strategies, AmiEvent, Response and Gap clone and serialize (queued listeners need it), Live\Call and Live\Channel clone; everything else refuses both.
 * What only the extension makes has a private constructor: no hollow objects.
 *
 * @generate-class-entries
 */

namespace Apn\AmiClient {
    /** Where a server's session stands. Only Ready takes actions and delivers events. */
    enum ConnectionState: string {
        case Disconnected = "disconnected";
        case Resolving = "resolving";
        case Connecting = "connecting";
        case Connected = "connected";
        case Authenticating = "authenticating";
        case Ready = "ready";
        case Closing = "closing";
    }

    enum CircuitState: string {
        case Closed = "closed";
        case Open = "open";
        case HalfOpen = "half_open";
    }

    /** Which event goes when a server's queue is full. */
    enum DropPolicy: string {
        case Oldest = "oldest";
        case Newest = "newest";
    }

    /** What an action gets when its time runs out after some of its events came. */
    enum TimeoutBehavior: string {
        case Fail = "fail";
        case Partial = "partial";
    }

    /** Why a session ended. */
    enum DisconnectReason: string {
        case Refused = "refused";
        case Unreachable = "unreachable";
        case Dns = "dns";
        case Tls = "tls";
        case ConnectTimeout = "connect_timeout";
        case LoginTimeout = "login_timeout";
        case AuthFailed = "auth_failed";
        case LoginInUse = "login_in_use";
        case AuthLimit = "auth_limit";
        case ReadTimeout = "read_timeout";
        case PeerClosed = "peer_closed";
        case Shutdown = "shutdown";
        case Requested = "requested";
        case InternalError = "internal_error";
    }

    enum Routing: string {
        case DefaultServer = "default";
        case RoundRobin = "round_robin";
        case LeastPending = "least_pending";
        /** The first Ready server in the order of configuration. */
        case Failover = "failover";
    }

    enum AuthMethod: string {
        /** MD5 challenge, plain text only where the server has no Challenge and the link is TLS or loopback. */
        case Auto = "auto";
        case Md5 = "md5";
        case Plain = "plain";
    }

    /**
     * One Asterisk server. The secret is kept outside PHP: no dump, trace, clone or log shows it; not serializable.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class ServerConfig {
        public string $key;
        public string $host;
        public int $port;
        public ?string $username;
        public ?ClientOptions $options;
        public ?TlsOptions $tls;
        public AuthMethod $auth;
        /** Event classes asked for at login ("call,agent"); null for all that the account may read, "off" for none, "auto" for those the listeners need. */
        public ?string $eventMask;

        /** @throws Exception\InvalidConfigurationException naming the field, the value (never the secret) and the range */
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

        /** @phpstan-param array<string, mixed> $config host, port, username, secret, tls, auth, event_mask, options; unknown keys are refused */
        public static function fromArray(string $key, #[\SensitiveParameter] array $config): ServerConfig {}
    }

    /**
     * TLS of one server. The peer's certificate is verified unless verifyPeer is false, which is logged at every connect.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class TlsOptions {
        public ?string $caFile;
        public ?string $serverName;
        public bool $verifyPeer;
        public ?string $certFile;
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
     * @implements \IteratorAggregate<string, ServerConfig>
     *
     * @strict-properties
     * @not-serializable
     */
    final class ServerRegistry implements \Countable, \IteratorAggregate {
        /** @phpstan-param list<ServerConfig> $servers */
        public function __construct(array $servers = []) {}
        /** @throws Exception\InvalidConfigurationException on a key that is there already */
        public function add(ServerConfig $server): static {}
        public function has(string $key): bool {}
        /** @throws Exception\UnknownServerException */
        public function get(string $key): ServerConfig {}
        /** @phpstan-return array<string, ServerConfig> */
        public function all(): array {}
        public function count(): int {}
        /** @phpstan-return \Traversable<string, ServerConfig> */
        public function getIterator(): \Traversable {}
    }

    /**
     * Bounds of one server's session. ServerConfig::$options replaces the manager's whole object; arrays merge key by key.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class ClientOptions {
        public float $connectTimeout;
        public float $loginTimeout;
        public float $readTimeout;
        public float $heartbeatInterval;
        public float $actionTimeout;
        public float $reconnectMinDelay;
        public float $reconnectMaxDelay;
        public int $circuitFailureThreshold;
        public float $circuitCooldown;
        public int $circuitHalfOpenMaxProbes;
        public int $writeBufferLimit;
        public int $maxPendingActions;
        public int $maxActionBytes;
        public int $eventQueueCapacity;
        public int $eventQueueBytes;
        public DropPolicy $dropPolicy;
        /** @phpstan-var list<string> event names or patterns that are dropped only when nothing else is left to drop */
        public array $protectedEvents;
        public int $maxFrameSize;
        public int $maxBytesReadPerTick;
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

        /** @phpstan-param array<string, mixed> $options snake_case names of the above; unknown keys are refused with the nearest name */
        public static function fromArray(array $options): ClientOptions {}
    }

    /**
     * Bounds of the whole cluster; the manager's constructor alone takes them.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class ClusterOptions {
        public int $maxEventsPerTick;
        public int $maxConnectAttemptsPerTick;
        public int $maxConnectAttemptsPerSecond;
        public int $stallGuardMs;
        public int $eventDropLogIntervalMs;
        public bool $enforceIpEndpoints;
        /** @phpstan-var list<string> header and variable names, patterns with * allowed, whose values never reach a log, beside the built-in ones */
        public array $redactionKeys;
        /** Least level of what the logger is given, in the words of PSR-3: debug, info, warning or error. */
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

        /** @phpstan-param array<string, mixed> $options snake_case names of the above; unknown keys are refused with the nearest name */
        public static function fromArray(array $options): ClusterOptions {}
    }

    /** Something to send. Userland classes may implement it; GenericAction can say everything. */
    interface Action {
        public function getName(): string;
        /** @phpstan-return array<string, null|scalar|list<scalar>|array<string, scalar>> null leaves the header out, a list repeats it; a map is for Variable: NAME => literal value */
        public function getParameters(): array;
        /** Null leaves it to the answer itself, which is right for almost every action. */
        public function getCompletionStrategy(): ?CompletionStrategy;
    }

    /**
     * @strict-properties
     */
    final readonly class GenericAction implements Action {
        public string $name;
        /** @phpstan-var array<string, scalar|list<scalar>> */
        public array $parameters;
        public ?CompletionStrategy $strategy;

        /**
         * @phpstan-param array<string, null|scalar|list<scalar>|array<string, scalar>> $parameters null leaves the header out, a list repeats it; a map is for Variable
         *
         * @throws Exception\InvalidActionException what Asterisk would misread is refused here: CR, LF, NUL, line and count limits, ActionID
         */
        public function __construct(string $name, array $parameters = [], ?CompletionStrategy $strategy = null) {}
        /**
         * A copy with the header set; a list repeats it.
         *
         * @phpstan-param scalar|list<scalar>|array<string, scalar> $value
         */
        public function with(string $header, array|string|int|float|bool $value): GenericAction {}
        public function withStrategy(?CompletionStrategy $strategy): GenericAction {}
        public function __serialize(): array {}
        public function __unserialize(array $data): void {}
        public function getName(): string {}
        public function getParameters(): array {}
        public function getCompletionStrategy(): ?CompletionStrategy {}
    }

    /** When an action is complete, as data: read once at send, evaluated in native code. */
    interface CompletionStrategy {
        /** Null leaves it to the action: ClientOptions::$actionTimeout, and for Originate its own Timeout and five seconds more. */
        public function getMaxDurationMs(): ?int;
        /** Responses and events together; null for no limit. One more fails the action. */
        public function getMaxMessages(): ?int;
        /** @phpstan-return list<string> events that end the action */
        public function getTerminalEventNames(): array;
        public function getTimeoutBehavior(): TimeoutBehavior;
    }

    /**
     * @strict-properties
     */
    final readonly class SingleResponseStrategy implements CompletionStrategy {
        public ?int $maxDurationMs;

        /** @throws Exception\InvalidActionException on a time that is not positive */
        public function __construct(?int $maxDurationMs = null) {}
        public function __unserialize(array $data): void {}
        public function getMaxDurationMs(): ?int {}
        public function getMaxMessages(): ?int {}
        public function getTerminalEventNames(): array {}
        public function getTimeoutBehavior(): TimeoutBehavior {}
    }

    /**
     * Response, then events with its ActionID until a terminal one or EventList: Complete.
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
     * Command output, in the form of Asterisk 14 and later and in the older Follows form.
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
     * Ends with an event that follows the response, such as OriginateResponse after Originate with Async: true.
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

    /** An action on its way, here or in another process. Ends exactly once; one that failed unobserved is logged. */
    interface Pending {
        public function getActionId(): string;
        public function getServerKey(): string;
        public function isFinished(): bool;
        /**
         * Called at once when the action has ended already.
         *
         * @phpstan-param callable(?\Throwable, ?Response): void $callback
         */
        public function onComplete(callable $callback): static;
        /**
         * Ticks until the action ends; listeners run meanwhile. Inside a listener or callback it only does I/O until this action ends and dispatches nothing else.
         *
         * @throws Exception\ActionErrorResponseException the server said Error
         * @throws Exception\ActionTimeoutException the action's own time ran out: it may have run
         * @throws Exception\AwaitTimeoutException $timeout seconds passed; the action lives on
         * @throws Exception\OutcomeUnknownException the session died after the bytes left: it may have run
         * @throws Exception\ActionNotSentException not one byte left: safe to retry
         */
        public function await(?float $timeout = null): Response;
        public function getResponse(): ?Response;
        public function getException(): ?\Throwable;
        /** Stops waiting; a later answer is counted and dropped. False when it had ended. */
        public function cancel(): bool;
    }

    /**
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

    /** What a service of yours should ask for: the manager, one server of it, or a fake. */
    interface ActionSender {
        /**
         * @throws Exception\InvalidConnectionStateException when the server is not Ready
         * @throws Exception\BackpressureException when the write buffer or the pending table is full
         * @throws Exception\InvalidActionException
         */
        public function send(Action $action): Pending;
    }

    /**
     * A value of a where clause in which * stands for any text; plain strings match exactly ("*97" is a feature code).
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class Glob {
        public string $pattern;
        public function __construct(string $pattern) {}
    }

    /**
     * @strict-properties
     * @not-serializable
     */
    final class Subscription {
        private function __construct() {}
        public function cancel(): void {}
        public function isActive(): bool {}
    }

    /**
     * Between from and to events of this server may be missing: rebuild what you keep about it.
     *
     * @strict-properties
     */
    final readonly class Gap {
        private function __construct() {}
        public string $serverKey;
        /** Unix time of the last event that surely came, of the first after. */
        public float $from;
        public float $to;
        /** Null when events were dropped by a full queue of ours, or were longer than ClientOptions::$maxFrameSize. */
        public ?DisconnectReason $reason;
        public int $dropped;
        public function __unserialize(array $data): void {}
    }

    /**
     * Headers of one message over one buffer; PHP strings are made when asked for.
     *
     * `$message['Channel']` is get('Channel'): the first value, null where the header is missing. isset() tells whether it is there. Iteration gives
     * getHeaders(): names in lower case, a list for a header that came more than once. Writing throws an \Error.
     *
     * @implements \ArrayAccess<string, ?string>
     * @implements \IteratorAggregate<string, string|list<string>>
     *
     * @strict-properties
     */
    abstract class Message implements \ArrayAccess, \Countable, \IteratorAggregate, \JsonSerializable {
        public readonly string $serverKey;
        /** Counts this server's messages since the manager began, dropped ones too: a hole in it is a loss. */
        public readonly int $sequence;
        /** Counts this server's sessions. */
        public readonly int $session;

        private function __construct() {}

        /** First value of the header, or null. */
        public function get(string $header): ?string {}
        /** @phpstan-return list<string> */
        public function all(string $header): array {}
        /** Null where the header is missing or not a whole number. */
        public function int(string $header): ?int {}
        /** As get(), but null for Asterisk's fillers: "<unknown>", "<none>", "<null>", "". */
        public function known(string $header): ?string {}
        /** @phpstan-return array<string, string|list<string>> lower-case names */
        public function getHeaders(): array {}
        /** @phpstan-return list<array{string, string}> as they came: order, case, repeats, lines without a colon under "" */
        public function getRawHeaders(): array {}
        /** @phpstan-return array<string, string> channel variables, whatever prefix or form they came in */
        public function getVariables(): array {}
        public function getActionId(): ?string {}
        public function offsetExists(mixed $offset): bool {}
        /** @phpstan-return ?string the first value of the header, or null */
        public function offsetGet(mixed $offset): mixed {}
        public function offsetSet(mixed $offset, mixed $value): void {}
        public function offsetUnset(mixed $offset): void {}
        /** How many headers there are, repeated ones once. */
        public function count(): int {}
        /** @phpstan-return \Traversable<string, string|list<string>> */
        public function getIterator(): \Traversable {}
        /** @phpstan-return array<string, string|list<string>> as getHeaders() */
        public function jsonSerialize(): array {}
        /**
         * What var_dump(), print_r() and dd() show: the properties, the headers with "***" for what has a secret name, and of a list the number of its
         * items by name. For eyes: it may change with any version.
         *
         * @phpstan-return array<string, mixed>
         */
        public function __debugInfo(): array {}
        public function __serialize(): array {}
        public function __unserialize(array $data): void {}
    }

    /**
     * @strict-properties
     */
    final class AmiEvent extends Message {
        public readonly string $name;
        /** Unix time at which the last byte was read, microsecond precision. */
        public readonly float $receivedAt;
        /**
         * For tests and fakes; "Event" must be among the headers. Received now where no Unix time is given.
         *
         * @phpstan-param array<string, string|list<string>> $headers
         */
        public static function fromArray(string $serverKey, array $headers, ?float $receivedAt = null): AmiEvent {}
    }

    /**
     * The answer to an action. Offsets, iteration and count() are those of its own headers; the items of a list are events: getEvents().
     *
     * @strict-properties
     */
    final class Response extends Message {
        public readonly bool $success;
        /**
         * For tests and fakes; "Response" must be among the headers.
         *
         * @phpstan-param array<string, string|list<string>> $headers
         */
        public static function fromArray(string $serverKey, array $headers): Response {}
        /** Not the whole answer: time ran out under TimeoutBehavior::Partial, or the session's event mask keeps OriginateResponse away. */
        public readonly bool $partial;
        public function getMessage(): ?string {}
        /**
         * What the action's answer listed, without the event that ends the list.
         *
         * @phpstan-param ?string $name only the items of this name, in any case, * allowed as in onEvent()
         *
         * @phpstan-return list<AmiEvent>
         */
        public function getEvents(?string $name = null): array {}
        /** The event that ended the list or the action (QueueStatusComplete, OriginateResponse). */
        public function getCompleteEvent(): ?AmiEvent {}
        /** Output of Command, lines joined with "\n", indentation kept; null for other actions. */
        public function getOutput(): ?string {}
    }

    /**
     * What one tick did.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class TickSummary {
        private function __construct() {}
        public int $bytesRead;
        public int $bytesWritten;
        public int $framesParsed;
        public int $eventsDispatched;
        public int $eventsDropped;
        public int $actionsCompleted;
        public int $stateTransitions;
        public int $connectAttempts;
        /** Something is left: tick again without waiting. */
        public bool $more;
        public function hasProgress(): bool {}
    }

    /**
     * How one server does; asking changes nothing.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class ServerHealth implements \JsonSerializable {
        private function __construct() {}
        public string $serverKey;
        public ConnectionState $state;
        public CircuitState $circuit;
        public ?DisconnectReason $lastDisconnect;
        public int $attempt;
        /** Unix time, null when no retry is planned. */
        public ?float $nextRetryAt;
        public int $pendingActions;
        public int $queueDepth;
        public int $queueBytes;
        public int $eventsReceived;
        public int $eventsFiltered;
        public int $eventsDropped;
        /** Sessions after the first; attempts that fail are none. */
        public int $reconnects;
        /** Seconds; null before the first. */
        public ?float $lastPingSeconds;
        public ?float $lastReceivedAt;
        /** Seconds from the socket to the listener, of the last event delivered. */
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
         * Starts connecting; with $wait ticks until Ready, for at most so many seconds.
         *
         * @throws Exception\ConnectFailedException naming the reason when $wait passes
         */
        public function open(float $wait = 0.0): static {}
        /** Sends Logoff, flushes for at most $grace seconds, closes. */
        public function close(float $grace = 0.5): void {}
        public function send(Action $action): PendingAction {}
        /**
         * Events of this server only.
         *
         * @phpstan-param string|list<string> $names event names in any case, or patterns with * ("Queue*", "*")
         * @phpstan-param callable(AmiEvent): void $listener
         * @phpstan-param array<string, string|Glob|list<string|Glob>> $where headers that must match, a list for any of; matched before a PHP object exists
         */
        public function onEvent(string|array $names, callable $listener, array $where = []): Subscription {}
        /** @phpstan-param callable(string $serverKey, ConnectionState $from, ConnectionState $to, ?DisconnectReason $reason, string $detail): void $listener */
        public function onStateChange(callable $listener): Subscription {}
        /** @phpstan-param callable(Gap): void $listener called in the order of the events around it */
        public function onGap(callable $listener): Subscription {}
        public function state(): ConnectionState {}
        public function isReady(): bool {}
        public function health(): ServerHealth {}
    }

    /**
     * @strict-properties
     * @not-serializable
     */
    final class AmiClientManager implements ActionSender {
        public const int MAX_TICK_TIMEOUT_MS = 60000;

        /**
         * @phpstan-param ServerRegistry|list<ServerConfig> $servers
         * @phpstan-param ?\Psr\Log\LoggerInterface $logger never allowed to break a tick: what it throws is counted
         */
        public function __construct(ServerRegistry|array $servers = [], ?ClientOptions $options = null, ?object $logger = null, ?ClusterOptions $cluster = null) {}
        /**
         * From the array form of config/ami.php: default, routing, servers, options, cluster. The routing is a Routing or its value ("round_robin").
         *
         * @phpstan-param array<string, mixed> $config
         * @phpstan-param ?\Psr\Log\LoggerInterface $logger
         *
         * @throws Exception\InvalidConfigurationException naming the key, the value (never a secret) and the range
         */
        public static function fromConfig(#[\SensitiveParameter] array $config, ?object $logger = null): AmiClientManager {}

        public function server(string $key): AmiClient {}
        public function default(): AmiClient {}
        public function setDefaultServer(string $key): void {}
        /** @phpstan-return list<string> */
        public function serverKeys(): array {}
        public function addServer(ServerConfig $server): AmiClient {}
        public function removeServer(string $key, float $grace = 0.5): void {}

        /**
         * Opens every server. With $wait it ticks until all are Ready, for at most so many seconds, and returns those that are not.
         *
         * @phpstan-return array<string, DisconnectReason> why each server that is not Ready is not, by its key; empty when all are, and without $wait
         */
        public function connectAll(float $wait = 0.0): array {}
        /**
         * Logoff everywhere, waits at most $grace for the answers and delivers what is due; idempotent. Holds no thread and no descriptor then: ask
         * for the stream again after a later open().
         */
        public function terminate(float $grace = 0.5): void {}

        /**
         * A server that is Ready, by the routing in force.
         *
         * @throws Exception\NoServerAvailableException
         */
        public function select(): AmiClient {}
        /** @phpstan-param Routing|callable(array<string, AmiClient>): AmiClient $routing */
        public function routing(Routing|callable $routing): static {}
        /** To the server named, else to select(). What names a channel belongs on that channel's server. */
        public function send(Action $action, ?string $server = null): PendingAction {}
        /**
         * To every Ready server, or to those named.
         *
         * @phpstan-param list<string>|null $servers
         *
         * @phpstan-return array<string, PendingAction> by server
         */
        public function sendAll(Action $action, ?array $servers = null): array {}

        /** One bounded round over all open servers, waiting at most $timeoutMs for the first thing to do. */
        public function tick(int $timeoutMs = 0): TickSummary {}
        /**
         * Connects what is not open, then ticks until stop() or, where given, until $until returns true.
         *
         * @phpstan-param (callable(): bool)|null $until asked after every tick, at least ten times a second
         */
        public function run(?callable $until = null): void {}
        /**
         * Ends run(): the one that is on, else the next one before its first tick, so that no stop is lost. Ends an open() or connectAll() that waits
         * at that moment too, but none that begins later.
         */
        public function stop(): void {}
        /**
         * SIGTERM and SIGINT call stop() (needs pcntl). They come to the main thread of a process, and nowhere else can this be called.
         *
         * @throws \Error without pcntl, and in another thread
         */
        public function registerSignalHandlers(): void {}
        /** What registerSignalHandlers() hands to pcntl: it keeps no manager alive. */
        private static function onSignal(int $signal, mixed $info = null): void {}

        /**
         * @phpstan-param string|list<string> $names event names in any case, or patterns with * ("Queue*", "*")
         * @phpstan-param array<string, string|Glob|list<string|Glob>> $where headers that must match, a list for any of; matched before a PHP object exists
         * @phpstan-param callable(AmiEvent): void $listener
         */
        public function onEvent(string|array $names, callable $listener, array $where = []): Subscription {}
        /** @phpstan-param callable(string $serverKey, ConnectionState $from, ConnectionState $to, ?DisconnectReason $reason, string $detail): void $listener */
        public function onStateChange(callable $listener): Subscription {}
        /** @phpstan-param callable(Gap): void $listener called in the order of the events around it */
        public function onGap(callable $listener): Subscription {}
        /**
         * What a listener threw. Without a handler it goes to the logger; without a logger it is a warning.
         *
         * @phpstan-param callable(\Throwable, ?Message): void $handler
         */
        public function onListenerError(callable $handler): Subscription {}

        /**
         * The calls there are now. The first call begins to keep them, on every server or on those of the options: it adds event class call to the
         * sessions whose eventMask is auto.
         *
         * @throws Exception\InvalidConfigurationException where a server's own eventMask lacks class call, or the model began with other options
         */
        public function live(?Live\LiveOptions $options = null): Live\Model {}

        /** @phpstan-return array<string, ServerHealth> */
        public function health(): array {}
        /**
         * Counters since construction and gauges, as families by name; php/ renders them for Prometheus.
         *
         * @phpstan-return array<string, array{type: 'counter'|'gauge', help: string, values: list<array{labels: array<string, string>, value: int|float}>}>
         */
        public function metrics(): array {}
        /**
         * A stream that is readable when tick has work: for stream_select, Revolt, ReactPHP. Never read from it.
         *
         * @return resource
         */
        public function getStream() {}
        /** Milliseconds until a timer is due, for the loop's own timer. */
        public function nextDeadlineMs(): ?int {}
    }
}

namespace Apn\AmiClient\Exception {
    /** Everything that this library throws on purpose. No message holds a secret. */
    interface AmiThrowable extends \Throwable {
        /**
         * True when the action surely did not run: nothing was sent, or the answer proves it (Permission denied, Invalid/unknown command, a line it
         * could not parse). Any other Error is not: Asterisk also says "Originate failed" after the phone rang.
         */
        public function isRetrySafe(): bool;
    }

    final class InvalidConfigurationException extends \InvalidArgumentException implements AmiThrowable {
        public function isRetrySafe(): bool {}
    }
    final class InvalidActionException extends \InvalidArgumentException implements AmiThrowable {
        public function isRetrySafe(): bool {}
    }
    final class UnknownServerException extends \InvalidArgumentException implements AmiThrowable {
        public function isRetrySafe(): bool {}
    }
    final class ReentrantTickException extends \LogicException implements AmiThrowable {
        public function isRetrySafe(): bool {}
    }
    final class ForkedProcessException extends \LogicException implements AmiThrowable {
        public function isRetrySafe(): bool {}
    }

    /** What goes wrong at run time, with the server and the action it went wrong for. */
    abstract class AmiException extends \RuntimeException implements AmiThrowable {
        public readonly ?string $serverKey;
        public readonly ?string $actionId;
        public function __construct(string $message = "", ?string $serverKey = null, ?string $actionId = null, ?\Throwable $previous = null) {}
        public function isRetrySafe(): bool {}
    }
    final class NoServerAvailableException extends AmiException {}
    final class ConnectFailedException extends AmiException {
        public readonly ?\Apn\AmiClient\DisconnectReason $reason;
    }
    final class InvalidConnectionStateException extends AmiException {
        public readonly \Apn\AmiClient\ConnectionState $state;
    }
    final class BackpressureException extends AmiException {}
    final class ActionNotSentException extends AmiException {}
    final class ActionErrorResponseException extends AmiException {
        public readonly \Apn\AmiClient\Response $response;
    }
    final class ActionTimeoutException extends AmiException {}
    final class AwaitTimeoutException extends AmiException {}
    final class OutcomeUnknownException extends AmiException {}
    final class ActionCancelledException extends AmiException {}
    /** A frame or a collected answer above its bound; the rest was skipped, the session lives. */
    final class ResponseTooLargeException extends AmiException {}
    /** The account may not read what was asked of the live model: the message names the class to add. */
    final class LiveUnavailableException extends AmiException {
        public readonly ?string $missingClass;
    }
}

namespace Apn\AmiClient\Live {
    /** How far the live model of a server can be trusted. */
    enum State: string {
        /** There is no session: what is known is from before. */
        case Stale = "stale";
        /** Lists are being read. */
        case Syncing = "syncing";
        case Current = "current";
        /** The account may list no channels: calls that began since the login are known. */
        case Partial = "partial";
        /** The account is told of no calls: lists are read every pollInterval, and what began and ended between two of them is not seen. */
        case Deaf = "deaf";
        /** The account may do neither: whatever asks for calls throws. */
        case Denied = "denied";
    }

    /** What happens to a call. Started, Ringing, Answered, Merged and Ended come once at most. */
    enum Edge: string {
        /** Its first channel is there, or a list showed it first. */
        case Started = "started";
        case Ringing = "ringing";
        /** Somebody took it: see Call::answeredBy(). */
        case Answered = "answered";
        /** Two phones can hear each other that could not before. */
        case Connected = "connected";
        case Held = "held";
        case Resumed = "resumed";
        case Transferred = "transferred";
        /** It goes on as part of an older call: see Call::mergedInto(). */
        case Merged = "merged";
        case Ended = "ended";
    }

    /** What became of a call. */
    enum Outcome: string {
        case Answered = "answered";
        case NoAnswer = "no_answer";
        case Busy = "busy";
        /** No circuit, a rejected call or a destination out of order: trying again later may help. */
        case Congestion = "congestion";
        case Failed = "failed";
        /** The caller hung up before somebody answered. */
        case Cancelled = "cancelled";
        case Merged = "merged";
        /** Its end was not told: the session was lost meanwhile, or the server was removed. */
        case Lost = "lost";
    }

    /** Asterisk's numbers (channelstate.h). */
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

    /**
     * Which servers have a live model, and its bounds.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class LiveOptions {
        /** @phpstan-var list<string> keys of servers; none for all */
        public array $servers;
        /** Of one server. Further channels are not taken in, which isTruncated() and the log say. */
        public int $maxChannels;
        /** Ended calls of one server that call() still finds and changesSince() tells. */
        public int $endedCalls;
        /** Of all servers together: half of it is shared equally. */
        public int $maxBytes;
        public float $verifyInterval;
        public float $pollInterval;

        /**
         * @phpstan-param list<string> $servers
         *
         * @throws \Apn\AmiClient\Exception\InvalidConfigurationException naming the field, the value and the range
         */
        public function __construct(
            array $servers = [],
            int $maxChannels = 20000,
            int $endedCalls = 1000,
            int $maxBytes = 268435456,
            float $verifyInterval = 300.0,
            float $pollInterval = 5.0,
        ) {}

        /** @phpstan-param array<string, mixed> $options snake_case names of the above; unknown keys are refused with the nearest name */
        public static function fromArray(array $options): LiveOptions {}
    }

    /**
     * The calls there are now on the servers of a manager, kept up to date in native code by tick().
     *
     * Methods take the key of a server, or look at all of them. Those that read calls throw LiveUnavailableException where the account may not read them.
     *
     * @strict-properties
     * @not-serializable
     */
    final class Model {
        private function __construct() {}
        /** Of one server, or of the one that can be trusted least. */
        public function state(?string $server = null): State {}
        /** True where a bound of LiveOptions kept something out. */
        public function isTruncated(?string $server = null): bool {}
        /**
         * Ticks until the model of every server that is Ready knows its calls. False when the time is over, also where no server is Ready.
         *
         * @throws \Apn\AmiClient\Exception\LiveUnavailableException
         */
        public function await(float $timeout): bool {}
        /**
         * The calls that go on at this moment. $party is a device ("PJSIP/alice") or a number.
         *
         * @throws \Apn\AmiClient\Exception\LiveUnavailableException
         */
        public function calls(?string $server = null, ?string $party = null, ?bool $answered = null): Calls {}
        /** By a Linkedid, or by the name or Uniqueid of a channel; also one of the last that ended, by a Linkedid. */
        public function call(string $idOrChannel, ?string $server = null): ?Call {}
        public function channel(string $nameOrUniqueId, ?string $server = null): ?Channel {}
        /**
         * Who hears what a party says: phones only, past bridges and Local channels.
         *
         * @phpstan-param string $party a device ("PJSIP/alice"), a number, or the name or Uniqueid of a channel
         *
         * @phpstan-return list<Channel>
         */
        public function talkingTo(string $party, ?string $server = null): array {}
        /** Reads the lists anew. Until they are here the state is Syncing. */
        public function resync(?string $server = null): void {}
        /**
         * What happens to calls, in order with the server's events. What happened to a call since the listener was called last for it comes together.
         *
         * @phpstan-param callable(Call, list<Edge>): void $listener
         * @phpstan-param array<'server'|'party', string|\Apn\AmiClient\Glob|list<string|\Apn\AmiClient\Glob>> $where party: a device or a number of one who takes part
         * @phpstan-param list<Edge> $edges what is told; none for everything
         */
        public function onCall(callable $listener, array $where = [], array $edges = []): \Apn\AmiClient\Subscription {}
        /** @phpstan-param callable(string $serverKey, State): void $listener */
        public function onState(callable $listener): \Apn\AmiClient\Subscription {}
        /**
         * Calls that changed or ended since a version, oldest change first. Begin with version 0, which gives isReset.
         *
         * @throws \Apn\AmiClient\Exception\LiveUnavailableException
         */
        public function changesSince(int $version, int $max = 1000): Changes {}
        /**
         * Sends an Originate, always with Async: true and with a ChannelId, made up where it has none.
         *
         * @throws \Apn\AmiClient\Exception\LiveUnavailableException where the call could not be followed: nothing was sent
         * @throws \Apn\AmiClient\Exception\InvalidActionException where it is no Originate
         */
        public function originate(\Apn\AmiClient\Action $originate, ?string $server = null): PendingCall {}
    }

    /**
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
     * Calls that went on at one moment. Each is made when it is looked at, and is read as it is then.
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
     * A call: all channels that were ever connected with each other. Methods say how it is now, and of one that is over how it was last.
     *
     * Two handles of one call are equal (==). They clone and refuse to serialize: toArray() is for jobs and caches.
     *
     * @strict-properties
     * @not-serializable
     */
    final class Call implements \JsonSerializable {
        public readonly string $serverKey;
        /** The oldest Linkedid, as CDR and CEL have it. */
        public readonly string $id;

        private function __construct() {}
        /** Who it began with. */
        public function caller(): ?Party {}
        /** The first phone that took it. */
        public function answeredBy(): ?Party {}
        /**
         * The phones that take part now.
         *
         * @phpstan-return list<Channel>
         */
        public function parties(): array {}
        /**
         * All channels now, halves of Local channels among them.
         *
         * @phpstan-return list<Channel>
         */
        public function channels(): array {}
        /**
         * Whom it was tried to reach, oldest first: at most 32.
         *
         * @phpstan-return list<Attempt>
         */
        public function attempts(): array {}
        public function isAnswered(): bool {}
        /** True where it ended, or was merged into another call. */
        public function isOver(): bool {}
        public function startedAt(): float {}
        public function ringingAt(): ?float {}
        public function answeredAt(): ?float {}
        public function endedAt(): ?float {}
        /** Until it was answered, or ended, or until now; 0.0 where no phone rang. */
        public function ringSeconds(): float {}
        /** Since it was answered, until it ended or until now; 0.0 where it was not. */
        public function talkSeconds(): float {}
        /** Null while it goes on. */
        public function outcome(): ?Outcome {}
        /** The Q.850 cause that says most; null where none was told. */
        public function cause(): ?int {}
        public function mergedInto(): ?Call {}
        /** @phpstan-return list<string> */
        public function linkedIds(): array {}
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
     * Who takes part in a call, at the moment of asking.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class Party {
        /** "PJSIP/alice-0000000a" */
        public string $channel;
        public string $uniqueId;
        /** "PJSIP/alice" */
        public string $device;
        public string $number;
        public string $name;

        private function __construct() {}
    }

    /**
     * An attempt of a call to reach somebody.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class Attempt {
        public string $channel;
        public string $device;
        public float $since;
        /** Null while it goes on. */
        public ?Outcome $outcome;

        private function __construct() {}
    }

    /**
     * A channel. Methods say how it is now, and of one that is gone how it was last; texts that Asterisk does not know are empty.
     *
     * @strict-properties
     * @not-serializable
     */
    final class Channel implements \JsonSerializable {
        public readonly string $serverKey;
        public readonly string $uniqueId;
        /** "PJSIP/alice-0000000a" */
        public readonly string $name;
        /** "PJSIP/alice" */
        public readonly string $device;
        public readonly float $createdAt;

        private function __construct() {}
        public function isAlive(): bool {}
        /** Null where Asterisk's number is not known. */
        public function state(): ?ChannelState {}
        public function number(): string {}
        public function callerName(): string {}
        public function connectedNumber(): string {}
        public function connectedName(): string {}
        public function accountCode(): string {}
        public function context(): string {}
        public function exten(): string {}
        public function priority(): string {}
        /** Of the last list, unless the account reads class dialplan. */
        public function application(): string {}
        public function applicationData(): string {}
        public function linkedId(): string {}
        public function isOnHold(): bool {}
        /** When it was seen to be Up first. */
        public function upAt(): ?float {}
        /**
         * Who hears what is said here: phones only, past bridges and Local channels.
         *
         * @phpstan-return list<Channel>
         */
        public function peers(): array {}
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
     * Calls that changed since a version.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class Changes {
        /** For the next question. */
        public int $version;
        /** The changes are not known any more: read calls() anew, and go on from $version. */
        public bool $isReset;
        /** There is more: ask again with $version. */
        public bool $hasMore;
        /** @phpstan-var list<Call> in the order of their last changes; those that are over come once more as such */
        public array $calls;

        private function __construct() {}
    }

    /**
     * A call that was asked for.
     *
     * @strict-properties
     * @not-serializable
     */
    final class PendingCall {
        public readonly string $serverKey;
        /** The Uniqueid of its first channel. */
        public readonly string $channelId;
        public readonly \Apn\AmiClient\PendingAction $action;

        private function __construct() {}
        /** Null before its channel is there. Of a call that could not even begin there is one too, with the outcome. */
        public function call(): ?Call {}
        /**
         * Ticks until the phone that was called first took the call, or it is over: isAnswered() says which. Inside a listener it does I/O only.
         *
         * @throws \Apn\AmiClient\Exception\AmiException as ended()
         */
        public function answered(?float $timeout = null): Call {}
        /**
         * Ticks until the call is over. Inside a listener it does I/O only.
         *
         * @throws \Apn\AmiClient\Exception\AwaitTimeoutException $timeout seconds passed; the call goes on
         * @throws \Apn\AmiClient\Exception\ActionErrorResponseException the server refused the Originate
         * @throws \Apn\AmiClient\Exception\OutcomeUnknownException the session was lost before the call was seen: it may be placed
         * @throws \Apn\AmiClient\Exception\LiveUnavailableException the call was placed, and the model does not see it
         */
        public function ended(?float $timeout = null): Call {}
    }
}

namespace Apn\AmiClient\Testing {
    /**
     * Servers in memory for tests: the real manager, no sockets, no threads, time moved by hand.
     *
     * The servers answer at once, as a real Asterisk does or as respond() says. Whatever waits (tick, await, connectAll, run) does not: it moves the
     * fake's time to the next thing that happens. That time begins with the real one. A login brings no events of its own (FullyBooted, security).
     * A run() that nobody stops goes on at a slow pace once nothing but heartbeats has happened for more than a day of the fake's time.
     *
     * @strict-properties
     * @not-serializable
     */
    final class FakeAsterisk {
        /**
         * Servers of a release of Asterisk: 1.8, 10, 11, 12, 13.1, 13.4, 13, 14, 15, 16, 18, 20, 21, 22 or 23.
         *
         * @phpstan-param list<string> $serverKeys
         */
        public function __construct(array $serverKeys = ["pbx1"], string $release = "22") {}
        /** The manager under test, the same one at each call; its clock is this fake's. Only the first call takes arguments. */
        public function manager(?\Apn\AmiClient\ClientOptions $options = null, ?object $logger = null, ?\Apn\AmiClient\ClusterOptions $cluster = null): \Apn\AmiClient\AmiClientManager {}
        /**
         * How an action is answered from now on, on one server or on all. The headers of the response, a list for a header that comes more than once;
         * with "events" a list of header arrays, whose start and end are marked where they are not. "Response" is "Success" where it is left out.
         *
         * What a callable throws comes out of the tick or await that ran it, and the action is answered with an Error.
         *
         * @phpstan-param array<string, mixed>|callable(\Apn\AmiClient\GenericAction, string $serverKey): array<string, mixed> $answer
         */
        public function respond(string $action, array|callable $answer, ?string $serverKey = null): static {}
        /** An action that is never answered from now on: whoever awaits it meets its timeout at once. */
        public function ignore(string $action, ?string $serverKey = null): static {}
        /**
         * Sends an event to the server's session, with these headers only; where none is Ready it is lost, as on a real server.
         *
         * @phpstan-param array<string, scalar|list<scalar>> $headers
         */
        public function emit(string $serverKey, string $event, array $headers = []): static {}
        /**
         * A phone calls another one: "PJSIP/alice", or "alice" for the same. It is dialled, and does not ring yet.
         *
         * Events and lists say what a real server says of it. The number is the phone's name where none is given; the caller's name may be any bytes.
         */
        public function call(string $serverKey, string $from, string $to, string $number = "", string $name = ""): FakeCall {}
        /**
         * What the server knows, whatever it has told: to compare with what a program made of it.
         *
         * A call is the channels that belong together; its id is the oldest of their Linkedids, its channels are Uniqueids.
         *
         * @phpstan-return array{
         *     channels: list<array{name: string, uniqueid: string, linkedid: string, state: string, number: string, callerName: string, connectedNumber: string, account: string, exten: string, bridge: string|null}>,
         *     bridges: list<array{id: string, purpose: "talk"|"conference"|"holding", channels: list<string>}>,
         *     calls: list<array{id: string, channels: list<string>}>
         * }
         */
        public function truth(string $serverKey): array {}
        /** Events come so long after what they tell from now on, while answers and lists come at once: as on a busy server. */
        public function lag(string $serverKey, float $seconds): static {}
        /** Refuses logins from now on, or stops to do so. A session that is there stays. */
        public function refuseLogin(string $serverKey, bool $refuse = true): static {}
        /** Cuts the server's session; a new login succeeds. */
        public function dropSession(string $serverKey): static {}
        /** Moves the time so far, and lets the manager do what becomes due on the way. */
        public function advance(float $seconds): static {}
        /**
         * What the manager was given to send, in that order, with the headers as the server reads them; not the client's own Login, Ping or Events.
         *
         * @phpstan-return list<array{string, \Apn\AmiClient\GenericAction}>
         */
        public function sent(): array {}
    }

    /**
     * A call between two phones of a FakeAsterisk, from its call(). Each step happens at once, and the next tick tells of it.
     *
     * A step that the call cannot take, as to answer twice, throws a LogicException and changes nothing.
     *
     * @strict-properties
     * @not-serializable
     */
    final class FakeCall {
        public readonly string $serverKey;
        /** The Linkedid with which it began, which is the Uniqueid of the channel that calls. */
        public readonly string $id;
        /** The name of the channel that calls. */
        public readonly string $caller;
        private function __construct() {}
        /** The name of the channel that is called, or that has the call since a transfer or a pick-up; also when the call has ended. */
        public function callee(): string {}
        /** The phone that is called rings. */
        public function ring(): static {}
        /** The phone that is called answers, whether it rang or not. */
        public function answer(): static {}
        /** Who was called puts the caller on hold. */
        public function hold(): static {}
        /** Who was called takes the caller back. */
        public function resume(): static {}
        /** A blind transfer: who was called gives the caller to another phone and leaves. That phone is dialled: it can ring() and answer(). */
        public function transfer(string $to): static {}
        /** Who was called joins the caller and whom it has called in a second call, and leaves. The second call goes on as part of this one. */
        public function attendedTransfer(FakeCall $second): static {}
        /** Another phone takes the call that nobody has answered. */
        public function pickUp(string $by): static {}
        /** The call ends. Of one that nobody has answered the cause says why: 16 the caller gave up, 17 busy, 19 no answer, 34 congestion. */
        public function hangup(int $cause = 16): static {}
    }
}
