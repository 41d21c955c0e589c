<?php

declare(strict_types=1);

namespace App;

use Apn\AmiClient\AmiEvent;
use Illuminate\Contracts\Config\Repository;

/** A listener that the container makes. */
final class PlainListener
{
    /** @var list<string> */
    public static array $heard = [];

    public function __construct(
        private readonly Repository $config,
    ) {}

    public function handle(AmiEvent $event): void
    {
        self::$heard[] = "handle {$event->name} of {$this->config->get('app.name')}";
    }

    public function other(AmiEvent $event): void
    {
        self::$heard[] = "other {$event->name}";
    }

    public static function statically(AmiEvent $event): void
    {
        self::$heard[] = "static {$event->name}";
    }
}
