<?php

declare(strict_types=1);

namespace App\Wallboard;

use Apn\AmiClient\AmiEvent;
use Apn\AmiClient\Laravel\Events\AmiGap;
use Apn\AmiClient\Laravel\Facades\Ami;
use Illuminate\Support\Facades\Route;
use Illuminate\Support\ServiceProvider;

final class WallboardServiceProvider extends ServiceProvider
{
    public function boot(): void
    {
        Ami::reader('wallboard')->on(
            ['QueueCaller*', 'QueueMember*', 'AgentComplete'],
            static fn(AmiEvent $event) => app(Board::class)->apply($event),
        )->onGap(static fn(AmiGap $gap) => app(Board::class)->rebuild($gap->server));

        Route::get('/wallboard', [WallboardController::class, 'page']);
        Route::get('/wallboard/events', [WallboardController::class, 'events']);
    }
}
