<?php

declare(strict_types=1);

return [
    /*
     |--------------------------------------------------------------------------
     | Default Asterisk Server
     |--------------------------------------------------------------------------
     |
     | The server that Ami::to() and Ami::direct() use when no other one is
     | named. It must be one of the servers below.
     |
     */

    'default' => env('AMI_DEFAULT', 'pbx1'),

    /*
     |--------------------------------------------------------------------------
     | Routing
     |--------------------------------------------------------------------------
     |
     | The server of an action that names none, where an ActionSender is used
     | as Ami::manager() is: default, round_robin, least_pending or failover.
     |
     */

    'routing' => env('AMI_ROUTING', 'default'),

    /*
     |--------------------------------------------------------------------------
     | Asterisk Servers
     |--------------------------------------------------------------------------
     |
     | The servers, by a key of 1 to 32 of A-Z a-z 0-9 . _ - each. "tls" is null
     | for plain TCP, or an array of ca_file, server_name, verify_peer,
     | cert_file and key_file. "auth" is auto, md5 or plain. "event_mask" is
     | auto for the event classes that the listeners need, off for none, null
     | for all that the account may read, or classes such as "call,agent".
     | "options" has options of this server alone.
     |
     | Servers of a database: Ami::serversUsing() in a service provider.
     |
     */

    'servers' => [
        'pbx1' => [
            'host' => env('AMI_HOST', '127.0.0.1'),
            'port' => env('AMI_PORT', env('AMI_TLS', false) ? 5039 : 5038),
            'username' => env('AMI_USERNAME'),
            'secret' => env('AMI_SECRET'),
            'tls' => env('AMI_TLS', false)
                ? ['ca_file' => env('AMI_TLS_CA_FILE'), 'verify_peer' => (bool) env('AMI_TLS_VERIFY_PEER', true)]
                : null,
            'event_mask' => env('AMI_EVENT_MASK', 'auto'),
        ],
    ],

    /*
     |--------------------------------------------------------------------------
     | Session Options
     |--------------------------------------------------------------------------
     |
     | The bounds of every server's session. Anything not listed here has the
     | default of Apn\AmiClient\ClientOptions.
     |
     */

    'options' => [
        'connect_timeout' => (float) env('AMI_CONNECT_TIMEOUT', 10.0),
        'action_timeout' => (float) env('AMI_ACTION_TIMEOUT', 30.0),
        'event_queue_capacity' => (int) env('AMI_EVENT_QUEUE_CAPACITY', 10_000),
        'event_queue_bytes' => (int) env('AMI_EVENT_QUEUE_BYTES', 16_777_216),
    ],

    /*
     |--------------------------------------------------------------------------
     | Log Channel
     |--------------------------------------------------------------------------
     |
     | The log channel of the client and the workers; null for the default one.
     | "log_level" of the section "cluster.client" is the least level of what
     | goes there: debug, info, warning or error.
     |
     */

    'log_channel' => env('AMI_LOG_CHANNEL'),

    /*
     |--------------------------------------------------------------------------
     | Redis Connection And Prefix
     |--------------------------------------------------------------------------
     |
     | The Redis connection of config/database.php that workers share. Actions
     | from web requests, readers, and workers that share servers need it. With
     | null, each worker works alone and keeps its records in the cache.
     |
     | Applications that share a Redis database need different prefixes.
     |
     */

    'redis' => env('AMI_REDIS_CONNECTION'),

    'prefix' => env('AMI_PREFIX', 'ami:'),

    /*
     |--------------------------------------------------------------------------
     | Workers
     |--------------------------------------------------------------------------
     |
     | "servers" is what ami:listen listens to unless it is told otherwise:
     | all, cluster, or servers such as "pbx1,pbx2". "events" maps AMI event
     | names or patterns to your event classes, listeners and jobs, or to
     | ['dispatch' => CallEnded::class, 'where' => ['Cause' => ['16', '17']]].
     |
     | "grace" is the time in seconds for the goodbye to the servers, and
     | "refresh" is the time between two looks at the list of servers. With
     | "health", the route /up fails while no worker is running.
     |
     */

    'listen' => [
        'servers' => env('AMI_LISTEN', 'all'),
        'events' => [
            // 'Hangup' => App\Events\CallEnded::class,
        ],
        'grace' => (float) env('AMI_GRACE', 5.0),
        'refresh' => (float) env('AMI_SERVERS_REFRESH', 10.0),
        'health' => (bool) env('AMI_HEALTH', false),
    ],

    /*
     |--------------------------------------------------------------------------
     | Queued Listeners And Jobs
     |--------------------------------------------------------------------------
     |
     | Workers push jobs in bulk to your queue connection. While it cannot be
     | reached, jobs wait in this many bytes of memory. After that the oldest
     | are dropped and counted, and AmiGap tells of them.
     |
     */

    'queue' => [
        'buffer_bytes' => (int) env('AMI_QUEUE_BUFFER_BYTES', 33_554_432),
    ],

    /*
     |--------------------------------------------------------------------------
     | Event Stream
     |--------------------------------------------------------------------------
     |
     | The Redis stream for readers, Ami::reader(), and for programs in other
     | languages. "events" is a list of events that go there in any case; null
     | for what the readers need. The stream keeps about "max_length" entries:
     | at 600 bytes each, 100,000 take some 60 MB of Redis.
     |
     */

    'stream' => [
        'name' => env('AMI_STREAM', 'events'),
        'events' => null,
        'max_length' => (int) env('AMI_STREAM_MAX_LENGTH', 100_000),
        'buffer_bytes' => (int) env('AMI_STREAM_BUFFER_BYTES', 33_554_432),
    ],

    /*
     |--------------------------------------------------------------------------
     | Workers That Share Servers
     |--------------------------------------------------------------------------
     |
     | All of these are seconds. After "lease" the servers of a worker that died
     | go to others, so a listener must take less time than that. "poll" is the
     | time between two looks for actions of other processes. "handover" is how
     | long a planned handover may take before the old worker just closes.
     |
     | "client" has options of Apn\AmiClient\ClusterOptions.
     |
     */

    'cluster' => [
        'lease' => (float) env('AMI_LEASE', 10.0),
        'poll' => (float) env('AMI_POLL', 0.05),
        'handover' => (float) env('AMI_HANDOVER', 15.0),
        'client' => [
            'log_level' => env('AMI_LOG_LEVEL', 'info'),
            'redaction_keys' => [],
        ],
    ],

    /*
     |--------------------------------------------------------------------------
     | Alerts
     |--------------------------------------------------------------------------
     |
     | AmiServerDown is dispatched when a server is away for "down" seconds,
     | AmiLagDetected when events reach their listeners "lag" seconds late, and
     | AmiEventsDropped when this many were lost to a full queue. The same alert
     | of the same server is repeated after "repeat" seconds.
     |
     */

    'alerts' => [
        'down' => 0.0,
        'lag' => 5.0,
        'dropped' => 1,
        'repeat' => 60.0,
    ],
];
