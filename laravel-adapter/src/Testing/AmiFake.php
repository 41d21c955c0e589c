<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Testing;

use Apn\AmiClient\ActionSender;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\GenericAction;
use Apn\AmiClient\Laravel\Config\ServerSource;
use Apn\AmiClient\Laravel\Config\Settings;
use Apn\AmiClient\Laravel\Contracts\RemoteSender;
use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Records\Records;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Routing\Route;
use Apn\AmiClient\Laravel\Worker\OwnSession;
use Apn\AmiClient\Laravel\Worker\Watch;
use Apn\AmiClient\Subscription;
use Apn\AmiClient\Testing\FakeAsterisk;
use Illuminate\Cache\ArrayStore;
use Illuminate\Cache\Repository;
use Illuminate\Contracts\Foundation\Application;
use Illuminate\Support\Carbon;
use Illuminate\Support\Testing\Fakes\Fake;
use PHPUnit\Framework\Assert;
use RuntimeException;

/**
 * Servers in memory: the real client, the application's real listeners, no sockets. Its clock follows Laravel's travel().
 */
final class AmiFake implements Fake
{
    /** Time that is passed before a fake's session counts as lost for good. */
    private const float CONNECT_SECONDS = 5.0;

    private readonly AmiClientManager $manager;
    private readonly Records $records;
    private bool $isStrayPrevented = false;
    private float $travelled;

    /** @var array<string, true> actions that the test answers, in lower case */
    private array $answered = [];

    /** @var list<Subscription> */
    private array $subscriptions = [];

    /** @param list<string> $servers */
    private function __construct(
        private readonly FakeAsterisk $asterisk,
        private readonly Application $app,
        private readonly array $servers,
    ) {
        $settings = $app->make(Settings::class);
        $this->manager = $asterisk->manager($settings->clientOptions());
        $this->travelled = self::clock();
        $this->records = new Records(new Repository(new ArrayStore()));
        new Watch($this->manager, static fn(): string => '1', event(...), $this->records, $settings, null, 'fake');
    }

    /**
     * @param array<string, array<string, mixed>|callable(GenericAction, string): array<string, mixed>> $answers
     * @param ?list<string> $servers
     */
    public static function install(Application $app, array $answers, ?array $servers): self
    {
        $servers ??= $app->make(ServerSource::class)->keys() ?: ['pbx1'];
        $fake = new self(new FakeAsterisk($servers), $app, $servers);
        $app->instance(AmiClientManager::class, $fake->manager);
        $app->instance(ActionSender::class, $fake->session($fake->manager, 'the client'));
        $app->bind(RemoteSender::class, static fn(Application $app, array $of): RemoteSender => $fake->to(
            (string) $of['server'],
        ));
        $app->instance(self::class, $fake);
        foreach ($answers as $action => $answer) {
            $fake->respond((string) $action, $answer);
        }
        $fake->manager->connectAll(self::CONNECT_SECONDS);

        return $fake;
    }

    /** @param array<string, mixed>|callable(GenericAction, string): array<string, mixed> $answer */
    public function respond(string $action, array|callable $answer, ?string $server = null): self
    {
        $this->answered[strtolower($action)] = true;
        $this->asterisk->respond($action, $answer, $server);

        return $this;
    }

    private function to(string $server): RemoteSender
    {
        $this->follow();

        return $this->session($this->manager->server($server), $server);
    }

    /**
     * An event of a server, delivered to the application's listeners as ami:listen would.
     *
     * @param array<string, scalar|list<scalar>> $headers
     */
    public function emit(string $event, array $headers = [], ?string $server = null): self
    {
        $this->follow();
        $this->subscribe();
        $this->asterisk->emit($server ?? $this->servers[0], $event, $headers);

        return $this->deliver();
    }

    /** Cuts a session; it is connected again as time passes. */
    public function dropSession(?string $server = null): self
    {
        $this->follow();
        $this->asterisk->dropSession($server ?? $this->servers[0]);

        return $this->deliver();
    }

    /** Has the application hear that events are missing. */
    public function fakeGap(?string $server = null, float $seconds = 10.0, string $cause = 'peer_closed'): self
    {
        $now = self::clock();
        event(new AmiGap($server ?? $this->servers[0], $now - $seconds, $now, $cause));

        return $this;
    }

    /** Refuses actions that no answer was given for, save those of Ami::direct(), whose class is the client's own. */
    public function preventStrayActions(bool $prevent = true): self
    {
        $this->isStrayPrevented = $prevent;

        return $this;
    }

    /** @return list<array{string, GenericAction}> server and action, in order */
    public function sent(): array
    {
        $this->follow();
        $this->manager->tick();

        return $this->asterisk->sent();
    }

    /** @param string|callable(GenericAction, string): bool $action its name, or what is true of it */
    public function assertSent(string|callable $action, ?callable $that = null): void
    {
        Assert::assertNotEmpty($this->matching($action, $that), $this->say('was not sent', $action));
    }

    public function assertNotSent(string|callable $action, ?callable $that = null): void
    {
        Assert::assertEmpty($this->matching($action, $that), $this->say('was sent', $action));
    }

    public function assertNothingSent(): void
    {
        Assert::assertSame([], $this->names(), 'Actions were sent.');
    }

    /** @param list<string|callable(GenericAction, string): bool> $actions */
    public function assertSentInOrder(array $actions): void
    {
        $this->assertSentCount(count($actions));
        foreach ($this->sent() as $place => $sent) {
            Assert::assertTrue(
                self::is($sent, $actions[$place]),
                "Action number $place is another one: " . implode(', ', $this->names()),
            );
        }
    }

    public function assertSentCount(int $count): void
    {
        Assert::assertCount($count, $this->sent(), 'Sent were: ' . implode(', ', $this->names()));
    }

    private function session(ActionSender $client, string $server): OwnSession
    {
        return new OwnSession($client, $server, $this->records, function (string $action) use ($server): void {
            if ($this->isStrayPrevented && !isset($this->answered[strtolower($action)])) {
                $what = "The action $action was sent to $server";
                throw new RuntimeException("$what, and Ami::fake() has no answer for it.");
            }
        });
    }

    /** Lets the time pass that the test travelled. */
    private function follow(): void
    {
        $now = self::clock();
        if ($now > $this->travelled && Carbon::hasTestNow()) {
            $this->asterisk->advance($now - $this->travelled);
        }
        $this->travelled = max($now, $this->travelled);
    }

    /** Anew each time: listeners may have come meanwhile. */
    private function subscribe(): void
    {
        foreach ($this->subscriptions as $subscription) {
            $subscription->cancel();
        }
        $this->subscriptions = array_map(fn(Route $route): Subscription => $this->manager->onEvent(
            $route->names,
            static fn($event) => ($route->deliver)($event, "{$event->serverKey}:fake:{$event->sequence}"),
            $route->where,
        ), $this->app->make(EventRoutes::class)->all());
    }

    private function deliver(): self
    {
        while ($this->manager->tick()->more) {
        }

        return $this;
    }

    /** @return array<int, array{string, GenericAction}> */
    private function matching(string|callable $action, ?callable $that): array
    {
        return array_filter($this->sent(), static fn(array $sent): bool => self::is($sent, $action, $that));
    }

    /** @param array{string, GenericAction} $sent */
    private static function is(array $sent, string|callable $action, ?callable $that = null): bool
    {
        [$server, $is] = $sent;
        $isIt = is_string($action) ? strcasecmp($is->name, $action) === 0 : (bool) $action($is, $server);

        return $isIt && ($that === null || (bool) $that($is, $server));
    }

    /** @return list<string> */
    private function names(): array
    {
        return array_map(static fn(array $sent): string => "{$sent[1]->name} to {$sent[0]}", $this->sent());
    }

    private function say(string $what, string|callable $action): string
    {
        $which = is_string($action) ? "The action $action" : 'Such an action';

        return "$which $what. Sent were: " . (implode(', ', $this->names()) ?: 'none');
    }

    private static function clock(): float
    {
        return (float) Carbon::now()->format('U.u');
    }
}
