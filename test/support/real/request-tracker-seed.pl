# Initial data for tests: users and tickets from the JSON file that FICHA_RT_SEED names, made through RT's own classes without mail.
# rt-setup-database --action insert --datafile request-tracker-seed.pl
use JSON ();

@Final = (
    sub {
        open my $file, '<:raw', $ENV{FICHA_RT_SEED} or die "no seed: $!";
        my $seeds = JSON::decode_json(do { local $/; <$file> });
        RT->Config->Set(MailCommand => 'testfile');
        my $scrips = RT::Scrips->new(RT->SystemUser);
        $scrips->UnLimit;
        my @stopped = grep { !$_->Disabled } @{ $scrips->ItemsArrayRef };
        $_->SetDisabled(1) for @stopped;
        $RT::Handle->BeginTransaction;
        for my $seed (@$seeds) {
            my $user = RT::User->new(RT->SystemUser);
            $user->Create(
                Name => $seed->{email}, EmailAddress => $seed->{email}, RealName => $seed->{name}, Privileged => 0,
                MobilePhone => $seed->{phone} // '',
            ) unless $user->LoadByEmail($seed->{email}) && $user->Id;
            for my $asked (@{ $seed->{tickets} }) {
                my $ticket = RT::Ticket->new(RT->SystemUser);
                my $mime = MIME::Entity->build(Type => 'text/plain', Charset => 'utf-8', Data => [ Encode::encode('UTF-8', $asked->{text}) ]);
                $ticket->Create(Queue => 'General', Subject => $asked->{subject}, Requestor => $seed->{email}, MIMEObj => $mime);
                $ticket->SetStatus('resolved') unless $asked->{open};
            }
        }
        $RT::Handle->Commit;
        $_->SetDisabled(0) for @stopped;
    },
);
1;
