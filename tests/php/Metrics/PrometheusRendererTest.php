<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Metrics;

use Apn\AmiClient\Metrics\PrometheusRenderer;
use Apn\AmiClient\ServerConfig;
use Apn\AmiClient\Tests\WireServer;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class PrometheusRendererTest extends TestCase
{
    public function testAFamilyIsItsHelpItsTypeAndItsSamples(): void
    {
        $text = new PrometheusRenderer()->render([
            'ami_actions_total' => [
                'type' => 'counter',
                'help' => 'Actions sent.',
                'values' => [
                    ['labels' => ['server' => 'pbx1', 'outcome' => 'ok'], 'value' => 3],
                    ['labels' => ['server' => 'pbx2', 'outcome' => 'ok'], 'value' => 0],
                ],
            ],
            'ami_up' => [
                'type' => 'gauge',
                'help' => 'Whether it runs.',
                'values' => [['labels' => [], 'value' => 1.5]],
            ],
        ]);

        self::assertSame(<<<'TEXT'
            # HELP ami_actions_total Actions sent.
            # TYPE ami_actions_total counter
            ami_actions_total{server="pbx1",outcome="ok"} 3
            ami_actions_total{server="pbx2",outcome="ok"} 0
            # HELP ami_up Whether it runs.
            # TYPE ami_up gauge
            ami_up 1.5

            TEXT, $text);
        self::assertSame(
            ['server="pbx1",outcome="ok"' => 3.0, 'server="pbx2",outcome="ok"' => 0.0],
            TextFormat::parse($text)['ami_actions_total']['samples'],
        );
    }

    public function testWhatTheFormatReservesIsEscaped(): void
    {
        $text = new PrometheusRenderer()->render([
            'x' => [
                'type' => 'gauge',
                'help' => "a\\b\n\"c\"",
                'values' => [['labels' => ['l' => "a\\b\n\"c\"\xff"], 'value' => 1]],
            ],
        ]);

        self::assertSame("# HELP x a\\\\b\\n\"c\"\n# TYPE x gauge\nx{l=\"a\\\\b\\n\\\"c\\\"?\"} 1\n", $text);
        self::assertSame("a\\b\n\"c\"", TextFormat::parse($text)['x']['help']);
    }

    /** @return iterable<string, array{int|float, string}> */
    public static function numbers(): iterable
    {
        yield 'a count above 2^53' => [9_007_199_254_740_993, '9007199254740993'];
        yield 'a time' => [1_795_420_733.798086, '1795420733.798086'];
        yield 'a small one' => [1.0e-7, '1.0e-7'];
        yield 'infinite' => [INF, '+Inf'];
        yield 'infinite below' => [-INF, '-Inf'];
        yield 'none' => [NAN, 'NaN'];
    }

    #[DataProvider('numbers')]
    public function testANumberKeepsItsValue(int|float $value, string $expected): void
    {
        $text = new PrometheusRenderer()->render([
            'x' => ['type' => 'gauge', 'help' => '', 'values' => [['labels' => [], 'value' => $value]]],
        ]);

        self::assertStringEndsWith("x {$expected}\n", $text);
        TextFormat::parse($text);
    }

    public function testNumbersDoNotFollowTheIni(): void
    {
        $before = array_map(self::set(...), ['precision', 'serialize_precision'], ['3', '17']);
        try {
            $this->testANumberKeepsItsValue(1_795_420_733.798086, '1795420733.798086');
        } finally {
            array_map(self::set(...), ['precision', 'serialize_precision'], $before);
        }
    }

    /** Sets an ini option, as an application can do, and returns its old value. */
    private static function set(string $option, string $value): string
    {
        return (string) ini_set($option, $value);
    }

    /** @return iterable<string, array{string, array<string, string>}> */
    public static function badNames(): iterable
    {
        yield 'a space' => ['a b', []];
        yield 'a digit first' => ['1a', []];
        yield 'a line end' => ["a\n", []];
        yield 'a label with a hyphen' => ['a', ['b-c' => '']];
        yield 'a label of Prometheus itself' => ['a', ['__name__' => '']];
    }

    /** @param array<string, string> $labels */
    #[DataProvider('badNames')]
    public function testANameThatTheFormatDoesNotKnowIsRefused(string $name, array $labels): void
    {
        $this->expectException(\InvalidArgumentException::class);

        new PrometheusRenderer()->render([
            $name => ['type' => 'gauge', 'help' => '', 'values' => [['labels' => $labels, 'value' => 1]]],
        ]);
    }

    public function testNothingIsAnEmptyText(): void
    {
        self::assertSame('', new PrometheusRenderer()->render([]));
    }

    public function testWhatAManagerCountsSaysForEveryServerHowItDoes(): void
    {
        $wire = new WireServer();
        $manager = $wire->manager;
        $manager->addServer(new ServerConfig('pbx2', '127.0.0.1', username: 'admin', secret: 's3cret'));

        /** @var array<string, array{type: 'counter'|'gauge', help: string, values: list<array{labels: array<string, string>, value: int|float}>}> $metrics */
        $metrics = $manager->metrics();
        $families = TextFormat::parse(new PrometheusRenderer()->render($metrics));
        $wire->close();

        self::assertSame(array_keys($metrics), array_keys($families));
        self::assertSame(['server="pbx1"' => 1.0, 'server="pbx2"' => 0.0], $families['ami_server_ready']['samples']);
        self::assertSame(1.0, $families['ami_server_state']['samples']['server="pbx1",state="ready"']);
        self::assertSame(1.0, $families['ami_server_state']['samples']['server="pbx2",state="disconnected"']);
        self::assertSame('counter', $families['ami_server_events_dropped_total']['type']);
    }
}
