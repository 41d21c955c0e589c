<?php

declare(strict_types=1);

return [
    /*
     * The server that Ami::to() and Ami::direct() mean when none is named.
     */
    'default' => env('AMI_DEFAULT', 'pbx1'),

    /*
     * The Asterisk servers, by a key of 1 to 32 of A-Z a-z 0-9 . _ -
     *
     *   tls         null for plain TCP, else ca_file, server_name, verify_peer, cert_file, key_file
     *   auth        auto (MD5 challenge), md5, plain
     *   event_mask  event classes asked for at login ("call,agent"); auto for those the listeners need, off for none,
     *               null for all that the account may read
     *   options     as `options` below, for this server only
     *
     * Servers of a database: Ami::serversUsing(fn () => Pbx::all()->mapWithKeys(...)->all()) in a service provider.
     */
    'servers' => [
        'pbx1' => [
            'host' => env('AMI_HOST', '127.0.0.1'),
            'port' => (int) env('AMI_PORT', 5038),
            'username' => env('AMI_USERNAME'),
            'secret' => env('AMI_SECRET'),
            'tls' => env('AMI_TLS', false) ? ['ca_file' => env('AMI_TLS_CA_FILE')] : null,
            'event_mask' => env('AMI_EVENT_MASK', 'auto'),
        ],
    ],

    /*
     * Bounds of every server's session; what is not named here has the default of Apn\AmiClient\ClientOptions.
     */
    'options' => [
        'connect_timeout' => (float) env('AMI_CONNECT_TIMEOUT', 10.0),
        'action_timeout' => (float) env('AMI_ACTION_TIMEOUT', 30.0),
        'event_queue_capacity' => (int) env('AMI_EVENT_QUEUE_CAPACITY', 10_000),
        'event_queue_bytes' => (int) env('AMI_EVENT_QUEUE_BYTES', 16_777_216),
    ],

    /*
     * The log channel of the client and the workers; null for the application's default.
     */
    'log_channel' => env('AMI_LOG_CHANNEL'),

    /*
     * The Redis connection of config/database.php that workers share: leases, the bridge, actions from anywhere.
     * With null there is none of them, and a worker keeps its records in the cache.
     */
    'redis' => env('AMI_REDIS_CONNECTION'),

    'listen' => [
        // What `ami:listen` without --server, --all and --cluster listens to: "all", "cluster", or servers ("pbx1,pbx2").
        'servers' => env('AMI_LISTEN', 'all'),
        // AMI event names or patterns => the application's own event class (FromAmiEvent) or queued job.
        // With headers to match: 'Hangup' => ['dispatch' => CallEnded::class, 'where' => ['Cause' => ['16', '17']]].
        'events' => [
            // 'Hangup' => App\Events\CallEnded::class,
        ],
        // Seconds that a worker has to say goodbye, once told to stop.
        'grace' => (float) env('AMI_GRACE', 5.0),
        // Seconds between two looks at the list of servers.
        'refresh' => (float) env('AMI_SERVERS_REFRESH', 10.0),
        // Answers /up with an error while no worker is alive. Not for web servers that have work without Asterisk.
        'health' => (bool) env('AMI_HEALTH', false),
    ],

    'bridge' => [
        // The Redis stream that workers write to with --bridge=redis and ami:consume reads from.
        'stream' => env('AMI_STREAM', 'ami:events'),
        // Events that go over the bridge; null for those that the application's listeners need.
        'events' => null,
        // Entries that the stream keeps (MAXLEN ~). At 500 bytes an entry, 100,000 are some 50 MB of Redis.
        'max_length' => (int) env('AMI_STREAM_MAX_LENGTH', 100_000),
        // Events of one write, and seconds that the first of them waits for others.
        'batch' => 100,
        'batch_seconds' => 0.02,
        // Bytes that may wait in the worker while Redis is away; then the oldest events go, and are counted.
        'buffer_bytes' => (int) env('AMI_BRIDGE_BUFFER_BYTES', 33_554_432),
        // Deliveries of one entry to a group before it goes to the dead letters.
        'deliveries' => 5,
        // Seconds after which an entry that its consumer did not finish is given to another one.
        'claim_after' => (float) env('AMI_CLAIM_AFTER', 60.0),
    ],

    'cluster' => [
        // Seconds after which the servers of a worker that died go to others. Workers renew three times as often.
        'lease' => (float) env('AMI_LEASE', 10.0),
        // Milliseconds between two looks for actions sent from elsewhere.
        'poll_ms' => (int) env('AMI_POLL_MS', 50),
        // Seconds a planned handover may take before the old owner just closes.
        'handover' => (float) env('AMI_HANDOVER', 15.0),
        // Bounds of one worker's client, by the names of Apn\AmiClient\ClusterOptions.
        'client' => [
            'redaction_keys' => [],
        ],
    ],

    /*
     * When the operational events are dispatched.
     */
    'waits' => [
        // AmiServerDown: seconds a server is away before it counts as down.
        'down' => 0.0,
        // AmiLagDetected: seconds from the socket to the listener.
        'lag' => 5.0,
        // AmiEventsDropped: events lost to a full queue since the last time.
        'dropped' => 1,
        // Seconds before the same is told again of the same server.
        'repeat' => 60.0,
    ],
];
