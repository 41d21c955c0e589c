<?php

declare(strict_types=1);

namespace Apn\AmiClient\Bench;

/** Everything that is measured, in the order of the table. */
final class Rows
{
    /** Frames of one measurement, so that each takes about a second. */
    private const int FRAMES_OURS = 40_152 * 30;
    private const int FRAMES_UNHEARD = 40_152 * 60;
    private const int FRAMES_PURE = 40_152 * 6;
    private const int FRAMES_BARE = 40_152 * 100;
    private const int ROUND_TRIPS = 5_000;
    private const int PIPELINED = 200_000;
    private const int IDLE = 1_000;
    private const int QUEUE_BYTES = 64 * 1_048_576;
    private const int REQUESTS = 200;
    private const int PROCESSES = 10;
    /** Events a second: of what a PHP listener is asked to reach, and of what one in plain PHP does. */
    private const int FULL_LOAD = 1_000_000;
    private const int FULL_LOAD_PURE = 250_000;

    /** @return list<Row> */
    public static function all(): array
    {
        return [
            self::core(),
            self::messages(),
            self::live(),
            self::liveMemory(),
            self::liveTick(),
            self::listener(),
            self::listenerParts(),
            self::unheard(),
            self::headers(),
            self::roundTrip(),
            self::pipeline(),
            self::idle(),
            self::nodeMemory(),
            self::queue(),
            self::latency('latency-low', 1, 1),
            self::latency('latency-high', 50, 100),
            self::request(),
            self::start(),
        ];
    }

    private static function core(): Row
    {
        return new Row(
            'core',
            'Framing and header index, core only',
            'frames/s',
            static function (Programs $programs): array {
                $rates = $programs->bare('core', $programs->data);

                return [
                    'framing, index and every header' => $rates['framing_and_index'],
                    'memchr loop: every header' => $rates['every_header'],
                    'framing' => $rates['framing'],
                    'memchr loop: frame ends' => $rates['frame_ends'],
                ];
            },
            [Target::atLeast(0.85, 'framing, index and every header', 'memchr loop: every header')],
        );
    }

    private static function messages(): Row
    {
        return new Row(
            'messages',
            'A queue of messages filled and drained, core only',
            's',
            static function (Programs $programs): array {
                $nanoseconds = $programs->bare('messages', $programs->data);
                $figures = [];
                foreach ([1, 100, 1_000, 10_000] as $length) {
                    $name = number_format($length);
                    $figures["$name, an allocation each"] = $nanoseconds["alone_$length"] / 1e9;
                    $figures["$name, from an arena"] = $nanoseconds["arena_$length"] / 1e9;
                }

                return $figures;
            },
            [Target::atMost(0.8, '10,000, from an arena', '10,000, an allocation each')],
        );
    }

    private static function live(): Row
    {
        return new Row(
            'live',
            'Framing with the live model, core only',
            'frames/s',
            static function (Programs $programs): array {
                $rates = $programs->bare('core', $programs->data);

                return ['framing' => $rates['framing'], 'framing and live model' => $rates['framing_and_model']];
            },
            [Target::atMost(2.6, 'framing', 'framing and live model')],
        );
    }

    private static function liveMemory(): Row
    {
        return new Row(
            'live-memory',
            'Memory of the live model',
            'bytes',
            static function (Programs $programs): array {
                $memory = $programs->bare('live-memory');

                return [
                    'a channel of 20,000, its part of a call and a bridge included' => $memory['channel'],
                    '500 servers with 100 channels each' => $memory['cluster'],
                ];
            },
            [
                Target::atMost(600, 'a channel of 20,000, its part of a call and a bridge included'),
                Target::atMost(35_000_000, '500 servers with 100 channels each'),
            ],
        );
    }

    private static function liveTick(): Row
    {
        return new Row(
            'live-tick',
            'A tick that changes 100 channels, each a call of which a listener is told',
            's',
            static function (Programs $programs): array {
                $ticks = $programs->ours('ours-live-tick', 10_000, 1_000);
                $inHugePages = $programs->oursInHugePages('ours-live-tick', 10_000, 1_000);

                return [
                    '10,000 channels' => $ticks['10000'],
                    '1,000 channels' => $ticks['1000'],
                    '10,000 channels in huge pages' => $inHugePages['10000'],
                    '1,000 channels in huge pages' => $inHugePages['1000'],
                ];
            },
            [
                Target::atMost(1.2, '10,000 channels', '1,000 channels'),
                Target::atMost(1.2, '10,000 channels in huge pages', '1,000 channels in huge pages'),
            ],
        );
    }

    private static function listener(): Row
    {
        return new Row(
            'listener',
            'Socket to a PHP listener that reads three headers',
            'events/s',
            static fn(Programs $programs): array => [
                ...self::rates('ours', $programs->ours('ours-listen', $programs->feeder(), self::FRAMES_OURS)),
                ...self::rates('plain PHP', $programs->pure('pure-listen', $programs->feeder(), self::FRAMES_PURE)),
                ...self::rates('recv and frame ends', $programs->bare('recv', $programs->feeder(), self::FRAMES_BARE)),
            ],
            [
                Target::atLeast(6.0, 'ours, a CPU-second', 'plain PHP, a CPU-second'),
                Target::atLeast(1_500_000, 'ours'),
            ],
        );
    }

    private static function listenerParts(): Row
    {
        return new Row(
            'listener-parts',
            'CPU of an event that a PHP listener reads three headers of, and of its parts alone',
            's',
            static function (Programs $programs): array {
                $ours = $programs->ours('ours-listen', $programs->feeder(), self::FRAMES_OURS);
                $unheard = $programs->ours('ours-unheard', $programs->feeder(), self::FRAMES_UNHEARD);
                $messages = $programs->bare('messages', $programs->data);
                $php = $programs->ours('ours-parts', $programs->feeder());
                $parts = [
                    'recv and framing: an event that nobody wants' => $unheard['cpu'] / $unheard['count'],
                    'the message in the queue' => $messages['arena_1000'] / 1e9,
                    'the event object' => $php['object'],
                    'the listener: its call, three reads, its body' => $php['listener'],
                ];

                return ['ours' => $ours['cpu'] / $ours['count'], ...$parts, 'sum of the parts' => array_sum($parts)];
            },
            [Target::atMost(1.3, 'ours', 'sum of the parts')],
        );
    }

    private static function unheard(): Row
    {
        return new Row(
            'unheard',
            'Events that nobody subscribed to, over a socket',
            'events/s',
            static fn(Programs $programs): array => [
                ...self::rates('ours', $programs->ours('ours-unheard', $programs->feeder(), self::FRAMES_UNHEARD)),
                ...self::rates('recv and frame ends', $programs->bare('recv', $programs->feeder(), self::FRAMES_BARE)),
            ],
            [
                Target::atLeast(0.6, 'ours, a CPU-second', 'recv and frame ends, a CPU-second'),
                Target::atLeast(5_000_000, 'ours'),
            ],
        );
    }

    private static function headers(): Row
    {
        return new Row(
            'headers',
            'All headers of an event with twenty of them as an array',
            's',
            static fn(Programs $programs): array => [
                'ours: getHeaders()' => $programs->ours('ours-headers', $programs->feeder(), $programs->data)['p50'],
                'plain PHP: explode' => $programs->pure('pure-headers', $programs->feeder(), $programs->data)['p50'],
            ],
            [Target::atLeast(3.0, 'plain PHP: explode', 'ours: getHeaders()')],
        );
    }

    private static function roundTrip(): Row
    {
        return new Row(
            'round-trip',
            'An action and its answer',
            's',
            static function (Programs $programs): array {
                $ours = $programs->ours('ours-roundtrip', $programs->feeder(), self::ROUND_TRIPS);
                $pure = $programs->pure('pure-roundtrip', $programs->feeder(), self::ROUND_TRIPS);

                return [
                    'ours: send, await; p50' => $ours['p50'],
                    'plain PHP: fwrite, fgets; p50' => $pure['p50'],
                    'ours, p99' => $ours['p99'],
                    'plain PHP, p99' => $pure['p99'],
                ];
            },
            [Target::atMost(1.1, 'ours: send, await; p50', 'plain PHP: fwrite, fgets; p50')],
        );
    }

    private static function pipeline(): Row
    {
        return new Row(
            'pipeline',
            'Actions sent ahead, a callback for each answer',
            'actions/s',
            static fn(Programs $programs): array => [
                ...self::rates('ours', $programs->ours('ours-pipeline', $programs->feeder(), self::PIPELINED)),
                ...self::rates('plain PHP', $programs->pure('pure-pipeline', $programs->feeder(), self::PIPELINED)),
            ],
            [Target::atLeast(400_000, 'ours'), Target::atLeast(1.0, 'ours, a CPU-second', 'plain PHP, a CPU-second')],
        );
    }

    private static function idle(): Row
    {
        return new Row(
            'idle',
            '1,000 idle servers beside ten busy ones',
            's',
            static function (Programs $programs): array {
                $alone = $programs->ours('ours-idle', $programs->feeder(), 0);
                $crowd = $programs->ours('ours-idle', $programs->feeder(), self::IDLE);

                return [
                    'an empty tick, 10 servers' => $alone['tick'],
                    'an empty tick, 1,010 servers' => $crowd['tick'],
                    'CPU of an event, 10 busy servers' => $alone['cpu'] / $alone['count'],
                    'CPU of an event, 10 busy and 1,000 idle' => $crowd['cpu'] / $crowd['count'],
                    'connectAll(), 1,010 servers' => $crowd['connect'],
                    'its budget, 500 connects a second' => (self::IDLE + 10) / $crowd['connects_a_second'],
                ];
            },
            [
                Target::atMost(1.2, 'an empty tick, 1,010 servers', 'an empty tick, 10 servers'),
                Target::atMost(1.2, 'CPU of an event, 10 busy and 1,000 idle', 'CPU of an event, 10 busy servers'),
                Target::atMost(1.05, 'connectAll(), 1,010 servers', 'its budget, 500 connects a second'),
            ],
        );
    }

    private static function nodeMemory(): Row
    {
        return new Row(
            'node-memory',
            'Memory of a server that is ready and idle',
            'bytes',
            static fn(Programs $programs): array => [
                'ours' => $programs->ours('ours-idle', $programs->feeder(), self::IDLE)['node_memory'],
            ],
            [Target::atMost(5.4 * 1_024, 'ours')],
        );
    }

    private static function queue(): Row
    {
        return new Row(
            'queue',
            'Memory of a full event queue',
            'bytes',
            static function (Programs $programs): array {
                $queue = $programs->ours('ours-queue', $programs->feeder(), self::QUEUE_BYTES);

                return [
                    'configured' => self::QUEUE_BYTES,
                    'counted by the queue' => $queue['counted'],
                    'resident when full' => $queue['full'],
                    'left when drained' => $queue['left'],
                ];
            },
            [
                Target::atMost(1.2, 'resident when full', 'configured'),
                Target::atMost(0.02, 'left when drained', 'configured'),
            ],
        );
    }

    private static function latency(string $name, int $percent, int $burst): Row
    {
        $seconds = 1;
        $rate = intdiv(self::FULL_LOAD * $percent, 100);
        $pureRate = intdiv(self::FULL_LOAD_PURE * $percent, 100);
        $title = sprintf('From the socket to the listener at %s events/s', number_format($rate));

        return new Row(
            $name,
            $burst === 1 ? $title : "$title, $burst at once",
            's',
            static function (Programs $programs) use ($seconds, $rate, $pureRate, $burst): array {
                $ours = $programs->ours('ours-latency', $programs->feeder(), $rate * $seconds, $rate, $burst);
                $bare = $programs->bare('recv', $programs->feeder(), $rate * $seconds, $rate, $burst);
                $pure = $programs->pure('pure-latency', $programs->feeder(), $pureRate * $seconds, $pureRate, $burst);
                $label = sprintf('plain PHP at %s/s', number_format($pureRate));

                return [
                    'ours, p50' => $ours['p50'],
                    'bare loop, p50' => $bare['p50'],
                    "$label, p50" => $pure['p50'],
                    'ours, p99' => $ours['p99'],
                    'bare loop, p99' => $bare['p99'],
                    "$label, p99" => $pure['p99'],
                ];
            },
            [],
        );
    }

    private static function request(): Row
    {
        return new Row(
            'request',
            'A request that connects, logs in, sends one action and ends',
            's',
            static function (Programs $programs): array {
                $ours = $programs->ours('ours-request', $programs->feeder(), self::REQUESTS);
                $pure = $programs->pure('pure-request', $programs->feeder(), self::REQUESTS);

                return [
                    'ours' => $ours['request'],
                    'plain PHP' => $pure['request'],
                    'ours, the manager alone' => $ours['manager'],
                ];
            },
            [Target::atMost(1.0, 'ours', 'plain PHP')],
        );
    }

    private static function start(): Row
    {
        return new Row(
            'start',
            'A PHP process that sends one action',
            's',
            static fn(Programs $programs): array => [
                'ours' => self::processes(static fn() => $programs->ours('ours-request', $programs->feeder(), 1)),
                'plain PHP' => self::processes(static fn() => $programs->pure('pure-request', $programs->feeder(), 1)),
                'nothing, with the extension' => self::processes(static fn() => $programs->ours('nothing')),
                'nothing, without it' => self::processes(static fn() => $programs->pure('nothing')),
            ],
            [Target::atMost(1.0, 'ours', 'plain PHP')],
        );
    }

    /** @param \Closure(): array<string, float> $start the fastest of some: other processes only ever make one slower */
    private static function processes(\Closure $start): float
    {
        $times = [];
        for ($number = 0; $number < self::PROCESSES; ++$number) {
            $began = hrtime(true);
            $start();
            $times[] = (hrtime(true) - $began) / 1e9;
        }

        return min($times);
    }

    /**
     * @param array<string, float> $measured
     *
     * @return array<string, float>
     */
    private static function rates(string $name, array $measured): array
    {
        return [
            $name => $measured['count'] / $measured['wall'],
            "$name, a CPU-second" => $measured['count'] / $measured['cpu'],
        ];
    }
}
