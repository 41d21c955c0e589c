<?php

declare(strict_types=1);

namespace Apn\AmiClient\Dialer;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Exception\LiveUnavailableException;
use Apn\AmiClient\Exception\UnknownServerException;
use Apn\AmiClient\Live\Model;
use Apn\AmiClient\Live\State;

/**
 * The servers of a dialer, and which one has the next call.
 *
 * @internal of Dialer
 */
final class Servers
{
    /** @var array<string, Server> */
    private array $known = [];

    /** @param list<string> $keys none for all */
    public function __construct(
        private readonly AmiClientManager $ami,
        private readonly Model $live,
        private readonly array $keys,
        private readonly ?int $activePerServer,
        private readonly ?float $perSecondPerServer,
    ) {
        foreach ($keys as $key) {
            // Throws where there is no such server, or no model of it.
            $live->state($key);
        }
    }

    public function get(string $key): Server
    {
        return $this->known[$key] ??= new Server(
            $this->activePerServer,
            $this->perSecondPerServer === null ? null : new Rate($this->perSecondPerServer),
        );
    }

    /**
     * The key of the server with the fewest active calls, among equals of the one that had its turn longest ago. Null where none takes a call now.
     *
     * @throws LiveUnavailableException where the accounts of all servers lack the right to follow calls
     */
    public function choose(float $now): ?string
    {
        $chosen = $best = null;
        $denied = [];
        $isAnyLeft = false;
        foreach ($this->keys === [] ? $this->ami->serverKeys() : $this->keys as $key) {
            $state = $this->state($key);
            if ($state === State::Denied || $state === State::Deaf) {
                $denied[] = $key;
                continue;
            }
            $isAnyLeft = $isAnyLeft || $state !== null;
            if ($state !== State::Current && $state !== State::Partial || !$this->ami->server($key)->isReady()) {
                continue;
            }
            $server = $this->get($key);
            $rank = [$server->active, $server->turn];
            if (($best === null || $rank < $best) && $server->hasRoom($now)) {
                [$chosen, $best] = [$key, $rank];
            }
        }
        if ($denied !== [] && !$isAnyLeft) {
            throw new LiveUnavailableException(
                "the account on `{$denied[0]}` may not follow calls, and no other server is left to the dialer: add"
                . ' "call" to its `read` classes and "reporting" to its `write` classes (manager.conf)',
                $denied[0],
            );
        }

        return $chosen;
    }

    /** Null where the server was removed, or is not among those of LiveOptions. */
    private function state(string $key): ?State
    {
        try {
            return $this->live->state($key);
        } catch (LiveUnavailableException|UnknownServerException) {
            return null;
        }
    }
}
